-- What should run: one row a service. What does run is known to the process that runs it.
create table deployment (
  name text primary key,
  component text not null,
  owner text not null,
  repository text not null,
  commit_hash text not null,
  key_id text not null,
  is_public boolean not null,
  run_id text not null,
  -- Idempotency key of the step that made it: executing it twice is one deployment.
  made_by text not null,
  -- The row that this one replaced, for the step's undo; null when the name was free.
  previous json,
  deployed_at timestamptz not null default clock_timestamp()
);
