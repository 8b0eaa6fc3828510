-- Who said that a proceeding ended, and who agreed: closing takes two people and a witnessed entry, as a release does.
alter table proceeding_freeze
  add column close_reason text,
  add column asked_by text,
  add column asked_name text,
  add column asked_at bigint,
  add column asked_entry uuid,
  add column approved_by text,
  add column approved_name text,
  add column approved_at bigint,
  add column approved_entry uuid;
