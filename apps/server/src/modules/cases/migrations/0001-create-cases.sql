-- A case: recordings, people and steps that belong together. Merging moves no row: `root` names the case that stands
-- for all that were merged into it. Instants are epoch milliseconds.
create table case_file (
  municipality uuid not null,
  id uuid primary key,
  number bigint not null,
  code text not null,
  title text not null,
  kind text not null,
  summary text,
  tags text[] not null default '{}',
  state text not null default 'open',
  root uuid not null,
  custodian uuid not null,
  custodian_name text not null,
  opened_at bigint not null,
  opened_by text not null,
  changed_at bigint not null,
  closed_at bigint,
  closed_because text,
  -- The 24-hour clock (DS 007-2020-IN art. 17.1.b) and how far its escalation went (0, 12, 20, 24).
  known_at bigint,
  handed_over_at bigint,
  clock_stage integer not null default 0,
  clock_alarm uuid,
  search tsvector not null default ''::tsvector,
  entry uuid not null,
  constraint case_number_unique unique (municipality, number),
  constraint case_state_known check (state in ('open', 'closed', 'merged')),
  constraint case_root check ((state = 'merged') = (root <> id))
);
create index case_by_change on case_file (municipality, changed_at desc, id);
create index case_by_root on case_file (root);
create index case_search on case_file using gin (search);
create index case_clock on case_file (municipality)
  where state = 'open' and known_at is not null and handed_over_at is null;

create table case_recording (
  municipality uuid not null,
  case_id uuid not null references case_file,
  recording uuid not null,
  -- What the recording was when it was added: search reads these, not the recording.
  officer uuid,
  quadrant uuid,
  about text not null,
  started_at bigint not null,
  ended_at bigint not null,
  added_at bigint not null,
  added_by text not null,
  why text,
  removed_at bigint,
  removed_because text,
  primary key (case_id, recording)
);
create index case_by_recording on case_recording (recording) where removed_at is null;
create index case_recording_by_officer on case_recording (officer) where removed_at is null;

create table case_person (
  municipality uuid not null,
  id uuid primary key,
  case_id uuid not null references case_file,
  role text not null,
  name text not null,
  minor boolean not null,
  note text,
  added_at bigint not null,
  added_by text not null,
  removed_at bigint,
  removed_because text
);
create index case_person_by_case on case_person (case_id);

create table case_note (
  municipality uuid not null,
  id uuid primary key,
  case_id uuid not null references case_file,
  text text not null,
  recording uuid,
  marked_at bigint,
  by_name text not null,
  noted_at bigint not null
);
create index case_note_by_case on case_note (case_id);

-- Clips and stills. Their bytes lie under `derivatives/<recording>/<id>`, encrypted with the recording's own key.
create table derivative (
  municipality uuid not null,
  id uuid primary key,
  case_id uuid not null references case_file,
  recording uuid not null,
  recording_code text not null,
  kind text not null,
  title text not null,
  asked_from_ms bigint not null,
  asked_to_ms bigint not null,
  from_ms bigint not null,
  to_ms bigint not null,
  from_sequence integer not null,
  to_sequence integer not null,
  of_sequences integer not null,
  size_bytes bigint not null,
  sha256 text not null,
  parent_manifest text not null,
  lineage text not null,
  made_at bigint not null,
  made_by text not null,
  entry uuid not null,
  destroyed_at bigint,
  constraint derivative_kind_known check (kind in ('clip', 'still'))
);
create index derivative_by_case on derivative (case_id);
create index derivative_by_recording on derivative (recording);

-- Somebody opened a clip or still for a purpose; the entry is committed with the row, before any byte.
create table derivative_opening (
  municipality uuid not null,
  id uuid primary key,
  derivative uuid not null references derivative,
  account uuid not null,
  entry uuid not null,
  opened_at bigint not null,
  expires_at bigint not null
);

create table hand_over (
  municipality uuid not null,
  id uuid primary key,
  case_id uuid not null references case_file,
  number bigint not null,
  authority text not null,
  unit text not null,
  officer text not null,
  officer_id text,
  detail text not null,
  positions boolean not null,
  state text not null,
  attempts integer not null default 0,
  made_at bigint not null,
  -- Who asked for it, as an actor: its packages are made in this name.
  maker jsonb not null,
  policy text not null,
  entry uuid not null,
  acta bytea,
  acta_sha256 text,
  acta_envelope text,
  scan bytea,
  scan_type text,
  received_at bigint,
  receipt jsonb,
  receipt_sha256 text,
  receipt_entry uuid,
  constraint hand_over_number_unique unique (municipality, number),
  constraint hand_over_state_known check (state in ('preparing', 'failed', 'ready', 'received')),
  constraint hand_over_receipt_whole check ((state = 'received') = (receipt is not null and receipt_entry is not null))
);
create index hand_over_by_case on hand_over (case_id);
create index hand_over_preparing on hand_over (made_at) where state = 'preparing';

create table hand_over_item (
  municipality uuid not null,
  hand_over uuid not null references hand_over,
  recording uuid not null,
  code text not null,
  -- Why it is not in the hand-over; null for what is.
  left_because text,
  export uuid,
  file_name text,
  size_bytes bigint,
  sha256 text,
  manifest_sha256 text,
  primary key (hand_over, recording)
);

-- An outside account that sees one case until an instant.
create table case_share (
  municipality uuid not null,
  id uuid primary key,
  case_id uuid not null references case_file,
  account uuid not null unique,
  role text not null,
  name text not null,
  office text not null,
  basis text not null,
  download boolean not null,
  created_at bigint not null,
  created_by text not null,
  expires_at bigint not null,
  ended_at bigint,
  ended_because text,
  revoked boolean not null default false,
  last_seen_at bigint,
  -- The session whose reading of the case is an entry already.
  last_session text,
  looks integer not null default 0,
  entry uuid not null
);
create index case_share_by_case on case_share (case_id);
create index case_share_open on case_share (expires_at) where ended_at is null;

-- A police guest may see one unit live (DS 007-2020-IN art. 17.1.a).
create table live_share (
  municipality uuid not null,
  id uuid primary key,
  case_id uuid not null references case_file,
  share uuid not null references case_share,
  device uuid not null,
  device_code text not null,
  officer_name text not null,
  reason text not null,
  opened_at bigint not null,
  opened_by text not null,
  until_at bigint not null,
  ended_at bigint,
  end_reason text,
  entry uuid not null,
  constraint live_share_bounded check (until_at - opened_at between 1 and 1800000)
);
create index live_share_open on live_share (until_at) where ended_at is null;
create index live_share_by_case on live_share (case_id);
