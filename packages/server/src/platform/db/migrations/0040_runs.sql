-- A run: its hot row, its plan (written once per preview), its steps and its log.
create table run (
  id text primary key,
  title text not null,
  state text not null check (state in ('draft', 'previewed', 'waiting_approval', 'ready', 'running', 'waiting',
    'failed', 'compensating', 'needs_human', 'done', 'rolled_back', 'cancelled')),
  principal text not null,
  template_ref text,
  submission_id text,
  submission_hash text,
  plan_hash text not null,
  error json,
  output json,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz,
  steps_total integer not null default 0,
  steps_done integer not null default 0,
  -- Raised by every claim. Who holds an older number is a zombie and writes nothing.
  epoch integer not null default 0,
  -- Counts boundaries of this epoch: a boundary whose answer got lost is known when it is sent again.
  boundary integer not null default 0,
  holder text,
  -- Until when the holder may be believed alive, in the database's time. For a ready run: from when the sweeper looks.
  lease_until timestamptz
) with (fillfactor = 70);
create unique index run_submission on run (principal, submission_id) where submission_id is not null;
-- lease_until is not indexed on purpose: renewing it stays a heap-only update.
create index run_claimable on run (id) where state in ('ready', 'running');
create index run_of_template on run (template_ref, id) where template_ref is not null;

create table run_plan (
  run_id text primary key references run on delete cascade,
  plan json not null,
  preview json
);

create table run_step (
  run_id text not null references run on delete cascade,
  -- The plan's step id; of an `each` step `id[n]`.
  id text not null,
  position integer not null,
  plan_step text not null,
  -- {key, value} of an `each` step, as previewed.
  iteration json,
  depends_on text[] not null,
  state text not null default 'pending'
    check (state in ('pending', 'running', 'done', 'failed', 'skipped', 'undoing', 'undone')),
  attempt integer not null default 0,
  started_at timestamptz,
  finished_at timestamptz,
  progress json,
  output json,
  undo json,
  error json,
  primary key (run_id, id)
) with (fillfactor = 70);

create table run_log (
  run_id text not null,
  seq integer not null,
  at timestamptz not null,
  step_id text,
  level text not null,
  message text not null,
  primary key (run_id, seq)
);

create function run_write_logs(p_run text, p_lines json) returns void language sql as $$
  insert into run_log (run_id, seq, at, step_id, level, message)
    select p_run, line.seq, line.at, line."stepId", line.level, line.message
      from json_to_recordset(p_lines) as line(seq int, at timestamptz, "stepId" text, level text, message text)
    on conflict do nothing
$$;

-- One step boundary in one round trip and one transaction (I4): fencing check, step states with output and undo record,
-- the run's own state, log lines, audit entries, events.
-- 'written'; 'repeated' = this very boundary was committed before and only its answer got lost; 'fenced' = somebody
-- claimed the run since.
-- Values that actions made (output, undo, error, data) come as texts inside the JSON: PostgreSQL's json functions refuse
-- a document that holds an escaped NUL or half a surrogate pair anywhere, but its json type keeps both.
create function run_boundary(p_run text, p_epoch int, p_boundary int, p_lease interval, p_write json)
returns text language plpgsql as $$
declare
  the_run run;
  new_state text := p_write->>'state';
  entry record;
begin
  update run set
    boundary = boundary + 1,
    state = coalesce(new_state, state),
    error = case when new_state is null then error else (p_write->>'error')::json end,
    output = case when new_state is null then output else (p_write->>'output')::json end,
    steps_done = steps_done + (p_write->>'stepsDone')::int,
    finished_at = case when new_state is null then null else clock_timestamp() end,
    lease_until = case when new_state is null then clock_timestamp() + p_lease end
  where id = p_run and epoch = p_epoch and boundary = p_boundary and state = 'running'
  returning * into the_run;
  if not found then
    perform from run where id = p_run and epoch = p_epoch and boundary = p_boundary + 1;
    return case when found then 'repeated' else 'fenced' end;
  end if;

  update run_step s set
    state = w.state,
    attempt = s.attempt + (w.state = 'running')::int,
    started_at = case when w.state = 'running' then clock_timestamp() else s.started_at end,
    finished_at = case when w.state = 'running' then null else clock_timestamp() end,
    progress = case when w.state = 'running' then null else s.progress end,
    output = w.output::json, undo = w.undo::json, error = w.error::json
  from json_to_recordset(p_write->'steps') as w(id text, state text, output text, undo text, error text)
  where s.run_id = p_run and s.id = w.id;

  perform run_write_logs(p_run, p_write->'logs');
  for entry in select * from json_to_recordset(p_write->'audit') as a(verb text, detail text) loop
    perform audit_append('run:' || p_run, the_run.principal, entry.verb, p_run, entry.detail);
  end loop;
  for entry in select * from json_to_recordset(p_write->'events') as e(type text, data text) loop
    perform event_record(entry.type, p_run, the_run.principal, null, entry.data::json);
  end loop;
  return 'written';
end $$;

-- Log lines and progress between two boundaries. Answers whether the writer still holds the run: the row lock orders it
-- against a claim.
create function run_live(p_run text, p_epoch int, p_lines json, p_progress json)
returns boolean language plpgsql as $$
begin
  perform from run where id = p_run and epoch = p_epoch for share;
  if not found then
    return false;
  end if;
  perform run_write_logs(p_run, p_lines);
  update run_step s set progress = w.progress
    from json_to_recordset(p_progress) as w(id text, progress json)
   where s.run_id = p_run and s.id = w.id and s.state = 'running';
  return true;
end $$;

-- What a person did with a run, in the audit log and as an event; p_detail is canonical JSON.
create function run_tell(p_run text, p_actor text, p_what text, p_detail text) returns void language plpgsql as $$
begin
  perform audit_append('run:' || p_run, p_actor, 'run.' || p_what, p_run, p_detail);
  perform event_record('dev.causeway.run.' || p_what, p_run, p_actor, null, p_detail::json);
end $$;

create function run_write_steps(p_run text, p_steps json) returns void language sql as $$
  insert into run_step (run_id, id, position, plan_step, iteration, depends_on)
    select p_run, s.id, s.position, s."planStep", s.iteration::json,
           array(select json_array_elements_text(s."dependsOn"))
      from json_to_recordset(p_steps)
        as s(id text, position int, "planStep" text, iteration text, "dependsOn" json)
$$;

-- A new run with its plan, preview, steps and what is told of it, in one round trip. False when this principal has
-- submitted under this id before. A ready run is left for a second to whoever is woken for it before the sweeper looks.
create function run_insert(p_run text, p_row json, p_plan text, p_preview text, p_told json)
returns boolean language plpgsql as $$
declare
  told record;
begin
  insert into run (id, title, state, principal, template_ref, submission_id, submission_hash, plan_hash, steps_total, lease_until)
    select p_run, r.title, r.state, r.principal, r."templateRef", r."submissionId", r."submissionHash", r."planHash",
           json_array_length(r.steps), case when r.state = 'ready' then clock_timestamp() + interval '1 second' end
      from json_to_record(p_row) as r(title text, state text, principal text, "templateRef" text, "submissionId" text,
        "submissionHash" text, "planHash" text, steps json)
    on conflict (principal, submission_id) where submission_id is not null do nothing;
  if not found then
    return false;
  end if;
  insert into run_plan (run_id, plan, preview) values (p_run, p_plan::json, p_preview::json);
  perform run_write_steps(p_run, p_row->'steps');
  for told in select * from json_to_recordset(p_told) as t(what text, detail text) loop
    perform run_tell(p_run, p_row->>'principal', told.what, told.detail);
  end loop;
  return true;
end $$;

-- Takes a run that is ready, or whose holder's lease has run out, and answers all that its interpreter needs; null when
-- there is nothing to take.
create function run_claim(p_run text, p_holder text, p_lease interval) returns json language plpgsql as $$
declare
  the_run run;
begin
  update run set
    epoch = epoch + 1, boundary = 0, state = 'running', holder = p_holder, finished_at = null,
    started_at = coalesce(started_at, clock_timestamp()), lease_until = clock_timestamp() + p_lease
  where id = p_run and (state = 'ready' or (state = 'running' and lease_until < clock_timestamp()))
  returning * into the_run;
  if not found then
    return null;
  end if;
  return json_build_object(
    'runId', the_run.id, 'epoch', the_run.epoch, 'principal', the_run.principal,
    'plan', (select plan from run_plan where run_id = p_run),
    'lastLogSeq', (select coalesce(max(seq), 0) from run_log where run_id = p_run),
    'steps', (select json_agg(json_build_object('id', id, 'planStep', plan_step, 'iteration', iteration,
        'dependsOn', depends_on, 'state', state, 'attempt', attempt, 'output', output) order by position)
      from run_step where run_id = p_run));
end $$;

-- Renews the leases of the runs that a holder says it holds: [{id, epoch}]. Answers those that are still its own; an
-- expired lease that nobody took is renewed too.
create function run_renew(p_held json, p_lease interval) returns setof text language sql as $$
  update run set lease_until = clock_timestamp() + p_lease
    from json_to_recordset(p_held) as held(id text, epoch int)
   where run.id = held.id and run.epoch = held.epoch and run.state = 'running'
  returning run.id
$$;
