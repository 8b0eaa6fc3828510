-- Positions of units, partitioned by UTC day. Found by (H3 cell at resolution 10, instant) and rechecked exactly.
create table unit_position (
  municipality uuid not null,
  device uuid not null,
  at bigint not null,
  latitude double precision not null,
  longitude double precision not null,
  accuracy_m real not null,
  heading_deg real,
  speed_mps real,
  cell bigint not null,
  implausible boolean not null,
  received_at bigint not null,
  primary key (device, at)
) partition by range (at);
create index unit_position_by_cell on unit_position (cell, at);
comment on column unit_position.implausible is 'A jump no unit can make; flagged, never dropped';
-- What no day partition takes (clocks years off) is kept here rather than refused.
create table unit_position_default partition of unit_position default;

-- The application's role may not create tables; this function, owned by the migrating role, creates exactly one kind.
-- Rows of that day which landed in the default partition move over.
create function ensure_position_day(day_start bigint) returns boolean
language plpgsql security definer set search_path from current as $$
declare
  part text := 'unit_position_' || to_char(to_timestamp(day_start / 1000) at time zone 'UTC', 'YYYYMMDD');
begin
  if day_start % 86400000 <> 0 or day_start < 0 then
    raise exception 'not the start of a UTC day: %', day_start;
  end if;
  if to_regclass(part) is not null then
    return false;
  end if;
  perform pg_advisory_xact_lock(7305, 1);
  if to_regclass(part) is not null then
    return false;
  end if;
  execute format('create table %I (like unit_position including all)', part);
  lock table unit_position_default in access exclusive mode;
  execute format('with moved as (delete from unit_position_default where at >= %s and at < %s returning *) insert into %I select * from moved', day_start, day_start + 86400000, part);
  execute format('alter table unit_position attach partition %I for values from (%s) to (%s)', part, day_start, day_start + 86400000);
  return true;
end $$;
