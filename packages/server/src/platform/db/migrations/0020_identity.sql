-- Nothing here can be used by whoever reads it: secrets carry 256 random bits and only their SHA-256 is kept.
-- `via` says how strong a proof is: a session that began with a link that a bearer token asked for is worth no more
-- than the token, so that no token can turn itself into a person who approves.
create table identity_sign_in_link (
  hash text primary key,
  principal text not null,
  via text not null check (via in ('session', 'token')),
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

create table identity_session (
  hash text primary key,
  principal text not null,
  via text not null check (via in ('session', 'token')),
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null
);

create table identity_token (
  id text primary key,
  hash text not null unique,
  principal text not null,
  name text not null,
  created_by text not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index identity_token_principal on identity_token (principal, created_at);
