-- What needs a person now. An alarm stays open until a named person closes it (device alarms also when their cause has passed).
create table alarm (
  municipality uuid not null,
  id uuid primary key,
  number bigint not null,
  kind text not null,
  device uuid,
  device_code text,
  officer uuid,
  officer_code text,
  officer_name text,
  raised_at bigint not null,
  received_at bigint not null,
  recording uuid,
  latitude double precision,
  longitude double precision,
  place text,
  detail text,
  entry uuid not null,
  acknowledged_at bigint,
  acknowledged_by uuid,
  acknowledged_name text,
  cancelled_at bigint,
  cancelled_safe boolean,
  closed_at bigint,
  closed_by text,
  closed_note text,
  constraint alarm_number_unique unique (municipality, number),
  constraint alarm_kind_known check (kind in ('sos', 'battery', 'storage', 'clock', 'gap', 'lost', 'silent', 'stuck-segment')),
  constraint alarm_acknowledged_by_name check ((acknowledged_at is null) = (acknowledged_name is null)),
  constraint alarm_closed_with_note check ((closed_at is null) = (closed_note is null))
);
create index alarm_open on alarm (municipality, received_at) where closed_at is null;
create index alarm_by_time on alarm (municipality, received_at);
-- One open alarm of a kind per device: a phone that reports low battery each minute is one alarm, not sixty.
create unique index alarm_one_open_per_cause on alarm (device, kind) where closed_at is null and kind not in ('sos', 'gap');
create unique index alarm_one_open_gap_per_recording on alarm (recording) where closed_at is null and kind = 'gap';
