-- Files on their way in, where they came from, and copies made for viewing. Every instant is epoch milliseconds, UTC.

-- The id is that of the recording to be.
create table upload (
  municipality uuid not null,
  id uuid not null,
  -- Folder of the blocks among the stored objects.
  object uuid not null,
  dock uuid not null,
  dock_code text not null,
  name text not null,
  size_bytes bigint not null,
  path_sha256 text,
  modified_at bigint,
  hint jsonb not null,
  state text not null check (state in ('receiving', 'verifying', 'kept', 'refused')),
  received_bytes bigint not null default 0,
  created_at bigint not null,
  heard_at bigint not null,
  -- What the dock signed, once every block was there: envelopes, byte for byte.
  statement text,
  stop text,
  refusal text,
  receipt text,
  primary key (municipality, id)
);
create index upload_open on upload (municipality, heard_at) where state in ('receiving', 'verifying');
create index upload_by_dock on upload (municipality, dock, created_at);

create table upload_block (
  municipality uuid not null,
  upload uuid not null,
  block integer not null,
  sha256 text not null,
  size_bytes integer not null,
  received_at bigint not null,
  primary key (municipality, upload, block)
);
-- To say quickly whether a file may be here already.
create index upload_block_first on upload_block (municipality, sha256) where block = 0;

-- Cameras and people as other systems name them.
create table intake_source (
  municipality uuid not null,
  id uuid not null,
  kind text not null check (kind in ('camera', 'user')),
  system text not null,
  -- What the other system tells them apart by.
  key text not null,
  name text not null,
  model text,
  active boolean not null default true,
  state text not null check (state in ('unmatched', 'matched', 'ignored')),
  device uuid,
  officer uuid,
  seen_at bigint not null,
  matched_at bigint,
  matched_by text,
  primary key (municipality, id),
  unique (municipality, kind, system, key)
);

create table intake_source_recording (
  municipality uuid not null,
  source uuid not null,
  recording uuid not null,
  primary key (municipality, source, recording)
);
create index intake_source_recording_by_recording on intake_source_recording (municipality, recording);

create table viewing_copy (
  municipality uuid not null,
  recording uuid not null,
  sequence integer not null,
  id uuid not null,
  state text not null check (state in ('wanted', 'made', 'impossible')),
  reason text,
  attempts integer not null default 0,
  -- Of the original, and of the copy.
  parent_sha256 text not null,
  sha256 text,
  size_bytes bigint,
  tool text,
  made_at bigint,
  primary key (municipality, recording, sequence)
);
create index viewing_copy_wanted on viewing_copy (municipality) where state = 'wanted';
