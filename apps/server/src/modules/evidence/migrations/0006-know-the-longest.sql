-- Indexes know when a recording starts and not when it ends, and none may: every upload moves the end, and would enter the
-- row in all of them. So that a search between two times need not look at everything before them, the length of the longest
-- recording is kept, from half a day on: most installations have no row here.
create table recording_longest (
  municipality uuid primary key,
  longest_ms bigint not null
);

create function keep_longest() returns trigger language plpgsql as $$
begin
  insert into recording_longest as known (municipality, longest_ms)
  values (new.municipality, new.ended_at - new.started_at)
  on conflict (municipality) do update set longest_ms = excluded.longest_ms
    where known.longest_ms < excluded.longest_ms;
  return null;
end $$;

create trigger keep_longest_inserted after insert on recording for each row
  when (new.ended_at - new.started_at > 43200000) execute function keep_longest();
create trigger keep_longest_updated after update of started_at, ended_at on recording for each row
  when (new.ended_at - new.started_at > 43200000) execute function keep_longest();

insert into recording_longest (municipality, longest_ms)
select municipality, max(ended_at - started_at) from recording where ended_at - started_at > 43200000 group by municipality;
