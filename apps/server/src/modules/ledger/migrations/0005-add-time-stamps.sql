-- RFC 3161 authorities. A change is an entry.
create table time_authority (
  municipality uuid not null,
  id uuid primary key,
  name text not null,
  url text not null,
  certificate text not null,
  added_at bigint not null,
  removed_at bigint
);

-- What is to be stamped: the SHA-256 of a manifest's envelope, of a day's checkpoint, or of an older token.
create table stamp_wish (
  municipality uuid not null,
  id uuid primary key,
  kind text not null check (kind in ('manifest', 'checkpoint', 'renewal')),
  -- The manifest's hash, the day (UTC), or the id of the stamp that is renewed.
  subject text not null,
  sha256 bytea not null check (length(sha256) = 32),
  wished_at bigint not null,
  unique (municipality, kind, subject)
);

create table stamp (
  municipality uuid not null,
  id uuid primary key,
  wish uuid not null references stamp_wish,
  authority uuid not null references time_authority,
  token bytea not null,
  stamped_at bigint not null,
  expires_at bigint not null,
  unique (wish, authority)
);
create index stamp_by_expiry on stamp (municipality, expires_at);

-- The bytes that a day's stamp is over: the note of the checkpoint that was the newest then.
create table stamped_checkpoint (
  municipality uuid not null,
  day date not null,
  origin uuid not null,
  size bigint not null,
  note text not null,
  primary key (municipality, day)
);

create table authority_contact (
  municipality uuid not null,
  authority uuid primary key references time_authority,
  tried_at bigint not null,
  problem text
);

do $$
declare
  name text;
begin
  foreach name in array array['stamp', 'stamp_wish', 'stamped_checkpoint']
  loop
    execute format('create trigger never_rewritten before update or delete on %I for each row execute function refuse_rewriting()', name);
    execute format('create trigger never_truncated before truncate on %I for each statement execute function refuse_rewriting()', name);
    if exists (select from pg_roles where rolname = 'sereno_app') then
      execute format('revoke update, delete, truncate on %I from sereno_app', name);
    end if;
  end loop;
end $$;
