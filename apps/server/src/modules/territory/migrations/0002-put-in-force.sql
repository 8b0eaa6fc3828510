-- Who put a version in force, why, and which warnings they had read. A version that nobody put in force by hand (the
-- demonstration's) has nobody.
alter table territory_version add column put_by text;
alter table territory_version add column note text not null default '';
alter table territory_version add column accepted text[] not null default '{}';
comment on column territory_version.accepted is 'Warnings (packages/contracts, groundFaults) that were read and accepted';
create table zone (
  municipality uuid not null,
  version integer not null,
  id uuid not null,
  kind text not null,
  name text not null,
  shape jsonb not null,
  primary key (municipality, version, id),
  constraint zone_kind_known check (kind in ('no-record')),
  foreign key (municipality, version) references territory_version (municipality, version)
);
comment on table zone is 'Ground on which nobody should record; maps say so, it stops no camera';
