-- When a second factor was last proven in the session, epoch ms; null: never. What roles demand is judged by it, and
-- so is a look behind broken glass.
alter table session add column strong_at bigint;
update session set strong_at = started_at
  where account in (select id from account where second_factor is not null);

-- Roles whose people must prove a second factor; null: the default (none in a demonstration).
alter table municipality add column strong_roles text[];

alter table account add column has_passkey boolean not null default false;
-- Who a person is at the municipal identity provider, once they came from there: `issuer subject`.
alter table account add column provider_subject text;
create unique index account_by_provider_subject on account (municipality, provider_subject)
  where provider_subject is not null;

-- Never deleted: a revoked passkey stays known, and is refused by its name.
create table passkey (
  -- Credential id, base64url.
  id text primary key,
  municipality uuid not null,
  account uuid not null references account,
  name text not null,
  -- COSE key.
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null,
  -- Kept by a provider on several devices, or bound to one.
  synced boolean not null,
  created_at bigint not null,
  used_at bigint,
  revoked_at bigint
);
create index passkey_by_account on passkey (account) where revoked_at is null;

-- What a passkey is asked to sign, once.
create table passkey_challenge (
  challenge_hash bytea primary key,
  municipality uuid not null,
  -- Null when nobody is signed in.
  account uuid,
  source text not null,
  expires_at bigint not null
);

create table identity_provider (
  municipality uuid primary key,
  name text not null,
  issuer text not null,
  client_id text not null,
  -- AES-256-GCM under a key that the signer keeps; null for a public client.
  client_secret bytea,
  -- The claim that is our sign-in name.
  claim text not null,
  creates_accounts boolean not null,
  changed_at bigint not null
);

-- A sign-in under way at the provider: what must come back, bound to the browser that left.
create table provider_attempt (
  state_hash bytea primary key,
  municipality uuid not null,
  browser_hash bytea not null,
  nonce text not null,
  verifier text not null,
  source text not null,
  expires_at bigint not null
);
