create table vector_store (
  ref text primary key,
  name text not null unique,
  owner text not null,
  embedding_route text not null,
  dimensions integer not null check (dimensions between 1 and 8192),
  -- Moves with every change of its chunks: who holds the store in memory compares it.
  revision bigint not null default 0,
  chunks integer not null default 0,
  -- The idempotency key of the step that made it.
  made_by text not null,
  created_at timestamptz not null default clock_timestamp()
);

create table vector_file (
  id text primary key,
  store_ref text not null references vector_store on delete cascade,
  -- Relative to the loaded folder, or the name of an uploaded file.
  path text not null,
  title text not null,
  content_hash text not null,
  bytes integer not null,
  made_by text not null,
  -- What took its place. The row stays, so that taking back a load restores what was there before.
  replaced_by text,
  created_at timestamptz not null default clock_timestamp()
);
create unique index vector_file_current on vector_file (store_ref, path) where replaced_by is null;
create index vector_file_made_by on vector_file (store_ref, made_by);

create table vector_chunk (
  id bigint generated always as identity primary key,
  file_id text not null references vector_file on delete cascade,
  position integer not null,
  headings text[] not null,
  -- A slice of the file: UTF-16 code units and UTF-8 bytes.
  char_start integer not null,
  char_end integer not null,
  byte_start integer not null,
  byte_end integer not null,
  text text not null,
  -- Little-endian float32, as many as the store has dimensions. real[] would cost twice the time to read.
  embedding bytea not null,
  unique (file_id, position)
);

-- Files sent through the API before they are put into a store.
create table uploaded_file (
  id text primary key,
  principal text not null,
  filename text not null,
  purpose text not null,
  content bytea not null,
  created_at timestamptz not null default clock_timestamp()
);
create index uploaded_file_principal on uploaded_file (principal, id);
