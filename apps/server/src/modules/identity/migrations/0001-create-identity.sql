create table municipality (
  municipality uuid primary key,
  name text not null,
  -- IANA name
  time_zone text not null,
  fictitious boolean not null,
  -- The web address chosen at set-up: keys of phones belong to it.
  origin text,
  backup_folder text,
  created_at bigint not null
);

-- Never deleted: entries of the ledger name accounts for ever.
create table account (
  id uuid primary key,
  municipality uuid not null references municipality,
  name text not null,
  -- As typed; compared in lower case.
  sign_in text not null,
  roles text[] not null,
  -- The officer this person is, where the same human being also records.
  officer uuid,
  language text not null default 'es',
  demonstration boolean not null default false,
  -- PHC string, argon2id.
  password text,
  -- AES-256-GCM under a key that the signer keeps; bound to the account.
  second_factor bytea,
  -- A new secret until a code of it has been seen.
  second_factor_next bytea,
  -- Last time step whose code was accepted: a code works once.
  second_factor_step bigint,
  created_at bigint not null,
  seen_at bigint,
  closed_at bigint
);
create unique index account_by_sign_in on account (municipality, lower(sign_in));

create table session (
  id uuid primary key,
  municipality uuid not null,
  account uuid not null references account,
  -- SHA-256 of the cookie: who reads this table cannot sign in.
  token_hash bytea not null unique,
  -- The token before the last rotation, good for a moment so that requests under way do not fail.
  previous_hash bytea,
  previous_until bigint,
  -- Rotated at the next occasion (privileges have changed).
  rotate boolean not null default false,
  started_at bigint not null,
  rotated_at bigint not null,
  seen_at bigint not null,
  -- Ends when not seen for this long.
  idle_ms bigint not null,
  ends_at bigint not null,
  ended_at bigint,
  source text not null
);
create index session_by_account on session (account) where ended_at is null;
create index session_by_previous on session (previous_hash) where ended_at is null and previous_hash is not null;

create table sign_in_link (
  token_hash bytea primary key,
  municipality uuid not null,
  account uuid not null references account,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint
);

-- Failed attempts by hashed name, by source, and by both: unknown names are counted like known ones, so that
-- neither the answer nor its delay tells which exist.
create table sign_in_attempt (
  municipality uuid not null,
  subject bytea not null,
  failures integer not null,
  since_at bigint not null,
  locked_until bigint not null,
  primary key (municipality, subject)
);

-- The first administrator's token; one row at most.
create table set_up_token (
  municipality uuid primary key,
  token_hash bytea not null,
  created_at bigint not null
);
