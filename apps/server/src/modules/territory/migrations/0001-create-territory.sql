-- The ground: district > sector > quadrant, places and street lines, by version. A version is written whole and never
-- edited: a recording made in quadrant C-47 keeps the C-47 of its day.
create table territory_version (
  municipality uuid not null,
  version integer not null,
  in_force_at bigint not null,
  primary key (municipality, version)
);
create table area (
  municipality uuid not null,
  version integer not null,
  id uuid not null,
  kind text not null,
  code text not null,
  name text not null,
  parent uuid,
  shape jsonb not null,
  primary key (municipality, version, id),
  constraint area_kind_known check (kind in ('district', 'sector', 'quadrant')),
  constraint area_only_the_district_has_no_parent check ((kind = 'district') = (parent is null)),
  constraint area_code_unique unique (municipality, version, kind, code),
  foreign key (municipality, version) references territory_version (municipality, version)
);
comment on column area.shape is 'GeoJSON Polygon, WGS 84, first ring is the outer one';
create table place (
  municipality uuid not null,
  version integer not null,
  id uuid not null,
  kind text not null,
  name text not null,
  longitude double precision not null,
  latitude double precision not null,
  primary key (municipality, version, id),
  foreign key (municipality, version) references territory_version (municipality, version)
);
create table street_line (
  municipality uuid not null,
  version integer not null,
  id uuid not null,
  kind text not null,
  name text not null,
  coordinates jsonb not null,
  primary key (municipality, version, id),
  constraint street_line_kind_known check (kind in ('avenue', 'street')),
  foreign key (municipality, version) references territory_version (municipality, version)
);
comment on column street_line.coordinates is 'Array of [longitude, latitude]';
