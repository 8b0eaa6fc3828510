-- Changes of who watches the log: proposed by one person, approved by another, in force once what approved it is witnessed.
create table witness_change (
  municipality uuid not null,
  id uuid primary key,
  -- Counted by municipality, without a gap.
  number integer not null,
  -- {"kind": "add" | "remove" | "quorum", …}: as it was approved.
  wish text not null,
  reason text not null,
  -- Fewer will watch, or one that watched will not.
  weakening boolean not null,
  state text not null check (state in ('proposed', 'approved', 'in-force', 'refused')),
  proposed_by text not null,
  proposed_name text not null,
  proposed_at bigint not null,
  proposed_entry uuid not null,
  decided_by text check (state <> 'approved' or decided_by <> proposed_by),
  decided_name text,
  decided_at bigint,
  decided_entry uuid,
  in_force_at bigint,
  effect_entry uuid,
  -- The overseer has read it.
  seen_name text,
  seen_at bigint,
  unique (municipality, number)
);
create index witness_change_open on witness_change (municipality) where state in ('proposed', 'approved');

do $$
begin
  if exists (select from pg_roles where rolname = 'sereno_app') then
    revoke delete, truncate on witness_change from sereno_app;
  end if;
end $$;
