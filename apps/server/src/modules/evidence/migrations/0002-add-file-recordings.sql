-- Recordings of cameras that store and upload later: whole files instead of a phone's segments.

alter table recording
  add column shape text not null default 'segments' check (shape in ('segments', 'files')),
  -- Whose positions are this recording's track; null: its device's. A file brings its own track, under the recording's id.
  add column track_of uuid;

alter table capture_statement
  drop constraint capture_statement_kind_check,
  add constraint capture_statement_kind_check check (kind in ('media', 'file', 'gap', 'stop')),
  alter column size_bytes type bigint;

-- One for each `file` statement. `object` names the folder of its blocks; `block_sha256` are their hashes, joined.
create table original_file (
  municipality uuid not null,
  recording uuid not null,
  sequence integer not null,
  object uuid not null,
  name text not null,
  size_bytes bigint not null,
  sha256 text not null,
  blocks integer not null,
  block_sha256 text not null,
  role text not null check (role in ('video', 'sound', 'track', 'key', 'other', 'unreadable')),
  container text,
  video_codec text,
  audio_codec text,
  started_at bigint,
  duration_ms bigint not null,
  -- Browsers play it as it is.
  plays boolean not null,
  primary key (municipality, recording, sequence)
);
alter table original_file alter column block_sha256 set storage external;
create index original_file_by_hash on original_file (municipality, sha256);
