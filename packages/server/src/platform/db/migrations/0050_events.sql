-- What happened, for whoever wants to react: CloudEvents, written in the transaction of the change itself.
create table event (
  seq bigint generated always as identity primary key,
  -- Readers follow (tx, seq) up to the oldest transaction still open: seq alone would skip a row that commits late.
  tx xid8 not null default pg_current_xact_id(),
  time timestamptz not null default clock_timestamp(),
  type text not null,
  source text not null,
  subject text not null,
  principal text not null,
  flow text,
  data json not null
);
create index event_in_commit_order on event (tx, seq);

create function event_record(p_type text, p_subject text, p_principal text, p_flow text, p_data json)
returns void language sql as $$
  insert into event (type, source, subject, principal, flow, data)
    values (p_type, '/causeway', p_subject, p_principal, p_flow, p_data)
$$;
