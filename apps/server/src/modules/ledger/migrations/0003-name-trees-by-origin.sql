-- A log may be continued by another one under a new key: a municipality then has several trees, of which the newest
-- grows and the others are only served. Places, nodes and checkpoints belong to an origin.
alter table log drop constraint log_pkey;
alter table log add primary key (origin);
alter table log drop constraint log_origin_key;
create index log_by_municipality on log (municipality, created_at);

do $$
declare
  name text;
begin
  foreach name in array array['leaf_place', 'tree_node', 'checkpoint']
  loop
    execute format('alter table %I disable trigger never_rewritten', name);
    execute format('alter table %I add column origin uuid', name);
    execute format('update %I as t set origin = log.origin from log where log.municipality = t.municipality', name);
    execute format('alter table %I alter column origin set not null', name);
    execute format('alter table %I drop constraint %I', name, name || '_pkey');
    execute format('alter table %I enable trigger never_rewritten', name);
  end loop;
end $$;
alter table leaf_place drop constraint leaf_place_leaf_key;
alter table leaf_place add primary key (origin, index);
alter table leaf_place add unique (leaf, origin);
alter table tree_node add primary key (origin, level, index);
alter table checkpoint add primary key (origin, size);

-- Where a log ended and which one continues it. Its first entry says the same to everybody.
create table log_succession (
  municipality uuid not null,
  predecessor uuid primary key references log (origin),
  successor uuid not null unique references log (origin),
  size bigint not null,
  root bytea not null check (length(root) = 32),
  entry uuid not null
);
create trigger never_rewritten before update or delete on log_succession for each row execute function refuse_rewriting();
create trigger never_truncated before truncate on log_succession for each statement execute function refuse_rewriting();

-- The public keys that every log was signed by, as they were: the signer itself keeps only the newest.
create table log_key (
  municipality uuid not null,
  origin uuid not null,
  vkey text not null,
  added_at bigint not null,
  primary key (origin, vkey)
);
create trigger never_rewritten before update or delete on log_key for each row execute function refuse_rewriting();
create trigger never_truncated before truncate on log_key for each statement execute function refuse_rewriting();

do $$
begin
  if exists (select from pg_roles where rolname = 'sereno_app') then
    revoke update, delete, truncate on log_succession from sereno_app;
    revoke update, delete, truncate on log_key from sereno_app;
  end if;
end $$;
