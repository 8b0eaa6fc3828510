-- What is missing, what was compared, what was required. Every instant is epoch milliseconds, UTC.

create table sequence_gap (
  municipality uuid not null,
  id uuid not null,
  kind text not null check (kind in ('device', 'recording', 'unterminated')),
  subject uuid not null,
  code text not null,
  first bigint not null,
  last bigint not null,
  found_at bigint not null,
  state text not null check (state in ('waiting', 'open', 'explained', 'closed')),
  owner uuid,
  owner_name text,
  cause text,
  words text,
  explained_by text,
  explained_at bigint,
  explained_entry uuid,
  closed_at bigint,
  primary key (municipality, id)
);
create unique index sequence_gap_now on sequence_gap (municipality, kind, subject, first, last) where state <> 'closed';

create table device_head (
  municipality uuid not null,
  device uuid not null,
  -- Local day, YYYY-MM-DD.
  day text not null,
  counter bigint not null,
  head text not null,
  entry uuid not null,
  primary key (municipality, device, day)
);
create table heads_day (
  municipality uuid not null,
  day text not null,
  digest text not null,
  devices integer not null,
  entry uuid not null,
  primary key (municipality, day)
);

create table purchase (
  municipality uuid not null,
  id uuid not null,
  kind text not null,
  quantity integer not null check (quantity > 0),
  reference text not null,
  date text not null,
  by_name text not null,
  entered_at bigint not null,
  entry uuid not null,
  primary key (municipality, id)
);
create table storage_quota (
  municipality uuid primary key,
  bytes bigint,
  entry uuid not null
);

create table reconciliation (
  municipality uuid not null,
  id uuid not null,
  day text not null,
  started_at bigint not null,
  duration_ms bigint not null,
  objects bigint not null,
  expected bigint not null,
  orphaned bigint not null,
  missing bigint not null,
  waiting bigint not null,
  entries bigint not null,
  unlike bigint not null,
  reread_recordings bigint not null,
  reread_bytes bigint not null,
  wrong bigint not null,
  findings text not null,
  entry uuid not null,
  primary key (municipality, id)
);
create index reconciliation_by_time on reconciliation (municipality, started_at desc);
-- When every byte of a recording was last read again, and whether it was what had been signed.
create table reread (
  municipality uuid not null,
  recording uuid not null,
  read_at bigint not null,
  right_bytes boolean not null,
  primary key (municipality, recording)
);

-- What demanded a recording; judged once phones had time to deliver.
create table footage_demand (
  municipality uuid not null,
  id uuid not null,
  rule text not null check (rule in ('sos', 'shift')),
  subject uuid not null,
  device uuid not null,
  device_code text not null,
  officer_code text,
  from_at bigint not null,
  to_at bigint not null,
  judge_at bigint not null,
  state text not null check (state in ('waiting', 'open', 'explained', 'found')),
  cause text,
  words text,
  explained_by text,
  explained_at bigint,
  explained_entry uuid,
  primary key (municipality, id),
  unique (municipality, rule, subject)
);
