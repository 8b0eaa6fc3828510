-- Recordings and what devices signed about them. Every instant is epoch milliseconds, UTC.

create table recording (
  municipality uuid not null,
  -- Made on the device.
  id uuid not null,
  -- Short code people read aloud.
  code text not null,
  device uuid not null,
  device_code text not null,
  simulated boolean not null,
  -- Whoever held the device when the recording began, as they were called then.
  officer uuid,
  officer_code text,
  officer_name text,
  shift uuid,
  quadrant uuid,
  quadrant_code text,
  longitude double precision,
  latitude double precision,
  state text not null check (state in ('receiving', 'stopped', 'sealed')),
  -- Facts beside the state; null or false means it does not hold.
  quarantine text,
  held boolean not null default false,
  destroyed_at bigint,
  incomplete boolean not null default false,
  sos boolean not null default false,
  started_at bigint not null,
  ended_at bigint not null,
  received_at bigint not null,
  -- Tally of the statements with version 0; kept in the transaction that stores them.
  statements integer not null,
  segments integer not null,
  gaps integer not null,
  highest_sequence integer not null,
  stop_sequence integer,
  stop_reason text,
  size_bytes bigint not null,
  duration_ms bigint not null,
  -- Missing sequences a custodian has declared.
  declared integer not null default 0,
  -- The first init segment is the one.
  init_sha256 text,
  init_stored boolean not null default false,
  category text,
  note text,
  -- Newest head that entered the ledger.
  headed_sequence integer not null default -1,
  headed_sha256 text,
  headed_entry uuid,
  headed_at bigint,
  covered_at bigint,
  sealed_at bigint,
  manifest_sha256 text,
  primary key (municipality, id)
);
create index recording_by_time on recording (municipality, started_at desc, id desc);
create index recording_by_device on recording (municipality, device, started_at desc);
create index recording_by_officer on recording (municipality, officer, started_at desc);
create index recording_by_quadrant on recording (municipality, quadrant, started_at desc);
create index recording_to_seal on recording (state, received_at) where state <> 'sealed';
create index recording_to_head on recording (received_at) where covered_at is null;

-- The envelope is what was signed, byte for byte (it is ASCII). Version 0 is the first that arrived for its sequence;
-- any other is kept beside it as proof that one key signed two things. `supplement` is null for what the first
-- manifest may name, 0 for what arrived after it and waits for a supplement, then the supplement's number.
create table capture_statement (
  municipality uuid not null,
  recording uuid not null,
  sequence integer not null,
  version smallint not null,
  statement_sha256 text not null,
  kind text not null check (kind in ('media', 'gap', 'stop')),
  counter bigint not null,
  captured_at bigint not null,
  wall_clock_at bigint not null,
  received_at bigint not null,
  media_sha256 text,
  size_bytes integer not null,
  timescale bigint not null,
  decode_time bigint not null,
  duration_ticks bigint not null,
  duration_ms integer not null,
  pre_event boolean not null,
  audio boolean not null,
  reason text,
  quarantine text,
  supplement integer,
  envelope text not null,
  receipt text not null,
  primary key (municipality, recording, sequence, version)
) with (toast_tuple_target = 8160);
-- Base64 does not compress; trying costs more than storing.
alter table capture_statement alter column envelope set storage external, alter column receipt set storage external;

create table position_opening (
  municipality uuid not null,
  recording uuid not null,
  sequence integer not null,
  statement_sha256 text not null,
  salt text not null,
  positions text not null,
  received_at bigint not null,
  primary key (municipality, recording, sequence)
);

create table marker (
  municipality uuid not null,
  id uuid not null,
  recording uuid not null,
  marked_at bigint not null,
  category text,
  note text,
  by_kind text not null,
  by_id uuid not null,
  by_name text not null,
  created_at bigint not null,
  primary key (municipality, id)
);
create index marker_by_recording on marker (municipality, recording, marked_at);

-- A person's word about what is missing; never a statement of the device.
create table declared_gap (
  municipality uuid not null,
  recording uuid not null,
  sequence integer not null,
  reason text not null,
  by_id uuid not null,
  by_name text not null,
  declared_at bigint not null,
  entry uuid not null,
  primary key (municipality, recording, sequence)
);

-- Number 0 is the manifest; the others are supplements that name it.
create table manifest (
  municipality uuid not null,
  recording uuid not null,
  number integer not null,
  sha256 text not null,
  envelope text not null,
  entry uuid not null,
  signed_at bigint not null,
  primary key (municipality, recording, number)
);
alter table manifest alter column envelope set storage external;

create table look (
  municipality uuid not null,
  id uuid not null,
  recording uuid not null,
  account uuid not null,
  account_name text not null,
  purpose text not null,
  reference text,
  policy text not null,
  entry uuid not null,
  entry_leaf text not null,
  opened_at bigint not null,
  expires_at bigint not null,
  closed_at bigint,
  primary key (municipality, id)
);
create index look_open on look (expires_at) where closed_at is null;

create table evidence_export (
  municipality uuid not null,
  id uuid not null,
  recording uuid not null,
  account uuid not null,
  purpose text not null,
  positions boolean not null,
  entry uuid not null,
  file_name text not null,
  size_bytes bigint not null,
  plan text not null,
  created_at bigint not null,
  expires_at bigint not null,
  primary key (municipality, id)
);
alter table evidence_export alter column plan set storage external;

-- Uploads nobody here could have signed: counted, never stored.
create table ingest_refusal (
  municipality uuid not null,
  source text not null,
  code text not null,
  minute_at bigint not null,
  count integer not null,
  primary key (municipality, minute_at, source, code)
);

create index capture_statement_to_supplement on capture_statement (municipality, recording) where supplement = 0;
