-- What is there now. `entity` is the declared text as JSON: json, not jsonb, because it keeps the order of keys and
-- thus restores exactly. uid, etag and relations are added when it is served.
create table catalog_entity (
  id bigint generated always as identity primary key,
  ref text not null unique,
  kind text not null,
  uid uuid not null,
  etag text not null,
  version integer not null,
  entity json not null
);
create index catalog_entity_kind on catalog_entity (kind, id);

-- Every edge in both directions, with the entity whose spec declares it.
create table catalog_relation (
  declared_by text not null,
  source text not null,
  type text not null,
  target text not null,
  primary key (declared_by, source, type, target)
);
create index catalog_relation_source on catalog_relation (source, type, target);

-- Every leaf of every entity: keys and values in lower case for questions, values as written for facets.
create table catalog_search (
  entity_id bigint not null references catalog_entity on delete cascade,
  key text not null,
  value text,
  original text
);
create index catalog_search_question on catalog_search (key, value, entity_id);
create index catalog_search_entity on catalog_search (entity_id, key);

-- Every version that ever was; entity null = removed. `effect` is the idempotency key of what made it.
create table catalog_history (
  ref text not null,
  version integer not null,
  change text not null,
  uid uuid not null,
  etag text,
  entity json,
  changed_at timestamptz not null default now(),
  changed_by text not null,
  run_id text,
  effect text,
  primary key (ref, version)
);
create unique index catalog_history_effect on catalog_history (effect, ref) where effect is not null;
