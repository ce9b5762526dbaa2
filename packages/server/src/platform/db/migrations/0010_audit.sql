-- The audit log: one hash chain per run, one per principal and day for everything else.
-- An entry is canonical JSON text (RFC 8785); its hash is SHA-256 over exactly that text, so that whoever holds the
-- texts can check them without this database. jsonb would re-order and re-print them.
create table audit_entry (
  id bigint generated always as identity primary key,
  chain text not null,
  seq integer not null,
  prev text not null,
  hash text not null,
  entry text not null,
  unique (chain, seq)
);

-- The end of every chain. Its row lock orders appends; a chain shorter than its head was cut.
create table audit_head (
  chain text primary key,
  seq integer not null,
  hash text not null
) with (fillfactor = 70);

create function audit_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit entries are only ever appended' using errcode = 'restrict_violation';
end $$;
create trigger audit_entry_append_only before update or delete on audit_entry
  for each row execute function audit_refuse_change();
create trigger audit_entry_no_truncate before truncate on audit_entry
  for each statement execute function audit_refuse_change();

-- Appends one entry and returns its hash. p_detail is canonical JSON already; to_json prints a string as RFC 8785 does.
-- Time is the database's, so that entries of several processes agree on it.
create function audit_append(p_chain text, p_actor text, p_verb text, p_subject text, p_detail text)
returns text language plpgsql as $$
declare
  head audit_head;
  the_entry text;
  the_hash text;
begin
  update audit_head set seq = seq + 1 where chain = p_chain returning * into head;
  if not found then
    insert into audit_head (chain, seq, hash) values (p_chain, 1, repeat('0', 64))
      on conflict (chain) do update set seq = audit_head.seq + 1 returning * into head;
  end if;
  the_entry := '{"actor":' || to_json(p_actor)
    || ',"at":"' || to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
    || '","chain":' || to_json(p_chain)
    || ',"detail":' || p_detail
    || ',"prev":"' || head.hash
    || '","seq":' || head.seq
    || ',"subject":' || to_json(p_subject)
    || ',"verb":' || to_json(p_verb) || '}';
  the_hash := encode(sha256(convert_to(the_entry, 'UTF8')), 'hex');
  insert into audit_entry (chain, seq, prev, hash, entry)
    values (p_chain, head.seq, head.hash, the_hash, the_entry);
  update audit_head set hash = the_hash where chain = p_chain;
  return the_hash;
end $$;
