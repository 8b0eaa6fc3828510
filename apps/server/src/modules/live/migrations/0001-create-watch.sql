-- A watch: somebody looked through a device's live stream. The row and its ledger entry are one transaction, before
-- the first frame (I-3); `entry` and `closing_entry` name ledger entries. Instants are epoch milliseconds.
create table watch (
  municipality uuid not null,
  id uuid not null,
  device uuid not null,
  account uuid not null,
  account_name text not null,
  account_role text not null,
  session text,
  purpose text not null,
  reference text,
  policy text not null,
  entry uuid not null,
  opened_at bigint not null,
  closed_at bigint,
  close_reason text,
  closing_entry uuid,
  -- Pictures sent and dropped; null when the server died and nobody can know.
  frames_sent bigint,
  frames_dropped bigint,
  primary key (municipality, id),
  -- A closed watch has its reason and its closing entry; an open one has neither.
  constraint watch_closes_whole check (
    (closed_at is null and close_reason is null and closing_entry is null)
    or (closed_at is not null and close_reason is not null and closing_entry is not null)
  )
);
create index watch_open on watch (municipality, device) where closed_at is null;

-- Open SOS alarms, as far as the live leg must know them after a restart: the unit's status and its wanted stream.
create table sos_call (
  municipality uuid not null,
  alarm uuid not null,
  device uuid not null,
  raised_at bigint not null,
  primary key (municipality, alarm)
);
