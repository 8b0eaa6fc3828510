-- Officers, devices, their keys, who had them when. Instants are epoch milliseconds.
create table officer (
  municipality uuid not null,
  id uuid primary key,
  code text not null,
  name text not null,
  active boolean not null default true,
  sector uuid,
  added_at bigint not null,
  constraint officer_code_unique unique (municipality, code)
);
create table device (
  municipality uuid not null,
  id uuid primary key,
  code text not null,
  kind text not null,
  simulated boolean not null default false,
  key_epoch integer not null default 0,
  reported text,
  reported_reason text,
  registered_at bigint not null,
  last_counter bigint,
  last_head text,
  last_recording uuid,
  health jsonb,
  health_at bigint,
  concern text not null default 'none',
  queue_lowest integer not null default 0,
  queue_since bigint,
  seen_at bigint,
  constraint device_code_unique unique (municipality, code),
  constraint device_kind_known check (kind in ('phone', 'body-camera', 'fixed-camera', 'drone', 'dock')),
  constraint device_reported_known check (reported in ('lost', 'stolen', 'revoked', 'retired'))
);
comment on column device.key_epoch is 'Epoch of the key in use; 0 until the first enrolment';
comment on column device.last_counter is 'Highest device-wide counter of a stored capture statement';
comment on column device.queue_since is 'Since when the upload queue has not become shorter';
-- A key is never deleted: whoever ever was validly enrolled may always deliver.
create table device_key (
  municipality uuid not null,
  device uuid not null references device (id),
  epoch integer not null,
  algorithm text not null,
  public_key bytea not null,
  key_id text not null,
  protection text not null,
  build text,
  app_version text not null,
  simulated boolean not null,
  enrolled_at bigint not null,
  superseded_at bigint,
  revoked_at bigint,
  enrolment_entry uuid not null,
  enrolment_leaf bytea not null,
  primary key (device, epoch),
  constraint device_key_epoch_positive check (epoch >= 1),
  constraint device_key_protection_known check (protection in ('software', 'hardware'))
);
comment on column device_key.enrolment_leaf is 'RFC 6962 leaf hash of the enrolment''s ledger entry';
create table enrolment (
  municipality uuid not null,
  id uuid primary key,
  token_hash bytea not null unique,
  device uuid not null references device (id),
  simulated boolean not null,
  opened_at bigint not null,
  opened_by text not null,
  expires_at bigint not null,
  used_at bigint,
  key_epoch integer
);
comment on column enrolment.token_hash is 'SHA-256 of the one-use token; the token itself is only in the QR code';
create table device_session (
  municipality uuid not null,
  id uuid primary key,
  device uuid not null references device (id),
  token_hash bytea not null unique,
  opened_at bigint not null,
  expires_at bigint not null
);
create index device_session_by_device on device_session (device);
create table shift (
  municipality uuid not null,
  id uuid primary key,
  device uuid not null references device (id),
  officer uuid not null references officer (id),
  quadrant uuid,
  issued_at bigint not null,
  started_at bigint,
  returned_at bigint,
  pin_hash text not null,
  pin_failures integer not null default 0,
  check_items jsonb,
  despite text,
  constraint shift_order check (issued_at <= coalesce(started_at, issued_at) and coalesce(started_at, issued_at) <= coalesce(returned_at, 9007199254740991))
);
create unique index shift_one_open_per_device on shift (device) where returned_at is null;
create index shift_by_device_and_time on shift (device, issued_at);
create index shift_by_officer on shift (officer, issued_at);
