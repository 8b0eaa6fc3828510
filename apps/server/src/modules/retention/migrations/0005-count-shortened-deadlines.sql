-- A closed complaint that made a deadline earlier is a weakening: counted where those are shown, with both deadlines.
alter table proceeding_freeze
  add column leaves_before bigint,
  add column leaves_after bigint,
  add column shortened_entry uuid;
