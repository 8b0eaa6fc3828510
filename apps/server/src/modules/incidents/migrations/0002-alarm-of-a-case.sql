-- A hand-over that is due (DS 007-2020-IN art. 17.1.b) is an alarm without a device.
alter table alarm drop constraint alarm_kind_known;
alter table alarm add constraint alarm_kind_known check (
  kind in ('sos', 'battery', 'storage', 'clock', 'gap', 'lost', 'silent', 'stuck-segment', 'hand-over')
);
