-- Who outside watches the log. A change is an entry; rows are never changed but to note the removal.
create table witness (
  municipality uuid not null,
  id uuid primary key,
  name text not null,
  vkeys text[] not null check (cardinality(vkeys) > 0),
  -- Null: it fetches by itself and hands its cosignatures in.
  url text,
  municipal boolean not null,
  added_at bigint not null,
  removed_at bigint
);
create index witness_of_municipality on witness (municipality) where removed_at is null;

-- How many of those that are not municipal must have cosigned what is published. Counts once that many are there.
create table witness_policy (
  municipality uuid primary key,
  quorum integer not null check (quorum >= 2)
);

-- Signature lines of a witness under a checkpoint, verified before they were kept.
create table cosignature (
  municipality uuid not null,
  origin uuid not null,
  size bigint not null,
  witness uuid not null references witness,
  lines text not null,
  signed_at bigint not null,
  received_at bigint not null,
  primary key (origin, size, witness)
);
create index cosignature_by_witness on cosignature (witness, size);
create trigger never_rewritten before update or delete on cosignature for each row execute function refuse_rewriting();
create trigger never_truncated before truncate on cosignature for each statement execute function refuse_rewriting();

-- What came of the last attempt to reach it; of no weight for anything but the screen.
create table witness_contact (
  municipality uuid not null,
  witness uuid primary key references witness,
  tried_at bigint not null,
  answered_at bigint,
  problem text
);

-- Openings that were destroyed, and the entry that says so. Only these may be deleted.
create table leaf_destroyed (
  leaf uuid primary key references leaf,
  municipality uuid not null,
  entry uuid not null references leaf
);
create trigger never_rewritten before update or delete on leaf_destroyed for each row execute function refuse_rewriting();
create trigger never_truncated before truncate on leaf_destroyed for each statement execute function refuse_rewriting();

create function refuse_opening_lost() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and exists (select from leaf_destroyed where leaf = old.leaf) then
    return old;
  end if;
  raise exception 'ledger rows are never changed, openings are destroyed by an entry alone: % on %', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end $$;
drop trigger never_rewritten on leaf_opening;
create trigger destroyed_by_entry before update or delete on leaf_opening for each row execute function refuse_opening_lost();

do $$
begin
  if exists (select from pg_roles where rolname = 'sereno_app') then
    revoke update, delete, truncate on cosignature, leaf_destroyed from sereno_app;
    revoke delete, truncate on witness, witness_policy, witness_contact from sereno_app;
    grant delete on leaf_opening to sereno_app;
  end if;
end $$;
