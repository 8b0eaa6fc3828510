-- A hold and a freeze end in one way (letting-go.ts), so the same columns say so; a hold's state follows from them.
alter table hold rename column release_reason to ending_reason;
alter table hold rename column released_at to ended_at;
alter table hold rename column released_entry to ended_entry;
drop index hold_in_force;
alter table hold drop column state;
create index hold_in_force on hold (municipality, recording) where ended_at is null;

alter table proceeding_freeze rename column close_reason to ending_reason;
alter table proceeding_freeze rename column closed_at to ended_at;
alter table proceeding_freeze rename column closed_entry to ended_entry;
