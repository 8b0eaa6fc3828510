-- Until when recordings are kept, what holds them back, and how they ended. Every instant is epoch milliseconds, UTC.

-- One row for each sealed recording; the deadline it was sealed with, or a later one.
create table retained (
  municipality uuid not null,
  recording uuid not null,
  code text not null,
  device_code text not null,
  category text not null,
  started_at bigint not null,
  -- The end of the recording: terms count from its local day.
  captured_at bigint not null,
  sealed_at bigint not null,
  size_bytes bigint not null,
  manifest_sha256 text,
  -- Null: until two people release it.
  leaves_at bigint,
  -- Left out of a batch by a person: not proposed again before.
  postponed_until bigint,
  -- The batch it is in, while that is under way or when it destroyed it.
  batch uuid,
  destroyed_at bigint,
  final_at bigint,
  -- When who looked at it and why stopped being readable; the record of its end stays.
  forgotten_at bigint,
  primary key (municipality, recording)
);
create index retained_by_deadline on retained (municipality, leaves_at, recording) where destroyed_at is null;
create index retained_by_category on retained (municipality, category, recording) where destroyed_at is null;

-- What the municipality changed of the legal profile's terms; the newest of a category is in force.
create table retention_rule (
  municipality uuid not null,
  id uuid not null,
  category text not null,
  keep_unit text check (keep_unit in ('day', 'year')),
  keep_count integer,
  in_force_at bigint not null,
  change uuid not null,
  entry uuid not null,
  weakening boolean not null,
  primary key (municipality, id),
  check ((keep_unit is null) = (keep_count is null))
);
create index retention_rule_by_category on retention_rule (municipality, category, in_force_at desc);

create table retention_setting (
  municipality uuid not null,
  id uuid not null,
  name text not null,
  value integer not null,
  in_force_at bigint not null,
  change uuid not null,
  entry uuid not null,
  primary key (municipality, id)
);

create table retention_change (
  municipality uuid not null,
  id uuid not null,
  number integer not null,
  wish text not null,
  reason text not null,
  simulation text not null,
  weakening boolean not null,
  state text not null check (state in ('proposed', 'approved', 'in-force', 'refused')),
  proposed_by text not null,
  proposed_name text not null,
  proposed_at bigint not null,
  proposed_entry uuid not null,
  decided_by text,
  decided_name text,
  decided_at bigint,
  decided_entry uuid,
  takes_effect_at bigint,
  in_force_at bigint,
  effect_entry uuid,
  primary key (municipality, id)
);

create table hold (
  municipality uuid not null,
  id uuid not null,
  recording uuid not null,
  code text not null,
  reason text not null,
  basis text not null,
  state text not null check (state in ('held', 'release-asked', 'release-approved', 'released')),
  placed_by text not null,
  placed_name text not null,
  placed_at bigint not null,
  placed_entry uuid not null,
  notice text,
  notice_by text,
  notice_name text,
  notice_at bigint,
  notice_entry uuid,
  release_reason text,
  asked_by text,
  asked_name text,
  asked_at bigint,
  asked_entry uuid,
  approved_by text,
  approved_name text,
  approved_at bigint,
  approved_entry uuid,
  released_at bigint,
  released_entry uuid,
  primary key (municipality, id)
);
create index hold_by_recording on hold (municipality, recording);
create index hold_in_force on hold (municipality, state) where state <> 'released';

-- A proceeding about a recording, told by people until a module tells it.
create table proceeding_freeze (
  municipality uuid not null,
  id uuid not null,
  recording uuid not null,
  kind text not null check (kind in ('case', 'complaint', 'request', 'appeal')),
  reference text not null,
  opened_at bigint not null,
  opened_entry uuid not null,
  closed_at bigint,
  closed_entry uuid,
  -- Frozen until then although it closed.
  until_at bigint,
  primary key (municipality, id)
);
create unique index freeze_once on proceeding_freeze (municipality, recording, kind, reference) where closed_at is null;

create table destruction_batch (
  municipality uuid not null,
  id uuid not null,
  number integer not null,
  state text not null check (state in ('proposed', 'reviewed', 'approved', 'running', 'done', 'stopped')),
  proposed_at bigint not null,
  proposed_entry uuid not null,
  schedule text,
  reviewed_by text,
  reviewed_name text,
  reviewed_roles text,
  reviewed_at bigint,
  reviewed_entry uuid,
  approved_by text,
  approved_name text,
  approved_at bigint,
  approved_entry uuid,
  runs_at bigint,
  stopped_name text,
  stopped_at bigint,
  stopped_reason text,
  stopped_entry uuid,
  done_at bigint,
  primary key (municipality, id)
);

create table destruction_item (
  municipality uuid not null,
  batch uuid not null,
  recording uuid not null,
  code text not null,
  device_code text not null,
  category text not null,
  captured_at bigint not null,
  leaves_at bigint not null,
  size_bytes bigint not null,
  manifest_sha256 text,
  state text not null check (state in ('waiting', 'left-out', 'under-way', 'destroyed')),
  reason text,
  -- The last numbered step that is done (destroy.ts).
  step integer not null default 0,
  entry uuid,
  erased_at bigint,
  final_at bigint,
  objects integer,
  tombstone_entry uuid,
  primary key (municipality, batch, recording)
);
create index destruction_item_by_recording on destruction_item (municipality, recording);

create table acta (
  municipality uuid not null,
  batch uuid not null,
  number text not null,
  pdf bytea not null,
  sha256 text not null,
  envelope text not null,
  entry uuid not null,
  made_at bigint not null,
  erased_at bigint not null,
  final_at bigint not null,
  primary key (municipality, batch)
);
alter table acta alter column pdf set storage external;
