-- A version is what it contains: the hash is over the canonical JSON of exactly `content`, so publishing the same text
-- again finds the version that exists. Versions are never changed or removed; labels move.
create table prompt_version (
  ref text not null,
  version integer not null,
  hash text not null,
  content json not null,
  created_at timestamptz not null,
  created_by text not null,
  run_id text,
  primary key (ref, version),
  unique (ref, hash)
);

create table prompt_label (
  ref text not null,
  label text not null,
  version integer not null,
  primary key (ref, label),
  foreign key (ref, version) references prompt_version
);

-- What was done under an idempotency key: a repeated step answers this instead of moving the label again.
create table prompt_publication (
  effect text primary key,
  ref text not null,
  label text not null,
  before integer,
  after integer not null
);
