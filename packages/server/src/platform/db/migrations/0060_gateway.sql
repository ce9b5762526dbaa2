-- A virtual key: under whose name and budget calls run. Its secrets change, the key stays.
create table gateway_key (
  id text primary key,
  name text not null,
  principal text not null,
  owner text not null,
  flow text,
  budget_ref text,
  -- A list of entity refs, or "*".
  routes jsonb not null,
  prompts jsonb not null,
  vector_stores jsonb not null,
  -- Of the step that made it: the step executed twice makes one key.
  idempotency_key text not null unique,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at timestamptz
);
create unique index gateway_key_name on gateway_key (principal, name) where revoked_at is null;

create table gateway_key_secret (
  -- SHA-256 of the secret; the secret itself is nowhere.
  hash text primary key,
  key_id text not null references gateway_key on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz
);
create index gateway_key_secret_key on gateway_key_secret (key_id);

-- One row an attempt at a target. Irrevocable, so it refers to nothing: it outlives keys, budgets and routes.
create table gateway_ledger (
  id text primary key,
  request_id text not null,
  attempt integer not null,
  gateway text not null,
  at timestamptz not null,
  key_id text not null,
  principal text not null,
  owner text not null,
  flow text,
  route text not null,
  model text not null,
  provider text not null,
  operation text not null,
  stream boolean not null,
  outcome text not null,
  http_status integer not null,
  error_code text,
  input_tokens bigint not null check (input_tokens >= 0),
  output_tokens bigint not null check (output_tokens >= 0),
  estimated boolean not null,
  -- Null: the price is unknown.
  cost_micro_usd bigint check (cost_micro_usd >= 0),
  notional boolean not null,
  price_since text,
  budget_id text,
  window_start timestamptz,
  ttft_ms double precision,
  duration_ms double precision not null,
  trace_id text not null,
  received_at timestamptz not null default now()
);
create index gateway_ledger_at on gateway_ledger (at, id);
create index gateway_ledger_principal on gateway_ledger (principal, at);
create index gateway_ledger_trace on gateway_ledger (trace_id);
create index gateway_ledger_window on gateway_ledger (budget_id, window_start, gateway)
  where budget_id is not null;

-- What of a budget each gateway holds. The sum over the gateways never passes the cap (I8).
create table gateway_grant (
  budget_id text not null,
  window_start timestamptz not null,
  gateway text not null,
  granted_micro_usd bigint not null check (granted_micro_usd >= 0),
  updated_at timestamptz not null default now(),
  primary key (budget_id, window_start, gateway)
);

-- The newest snapshot's version; the content is built from the truth each time and known by its hash.
create table gateway_snapshot (
  "only" boolean primary key default true check ("only"),
  version bigint not null,
  content_hash text not null
);
insert into gateway_snapshot (version, content_hash) values (0, '');
