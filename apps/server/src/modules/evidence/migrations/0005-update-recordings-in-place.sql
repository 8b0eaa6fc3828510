-- Each upload changes its recording's tally and `received_at`. While an index held that column, the new version of the row
-- had to be entered in every index of the table, the words to search by included; now it stays on its page (a heap-only
-- update), for which pages keep some room.
drop index recording_to_seal;
drop index recording_to_head;
create index recording_to_seal on recording (state) where state <> 'sealed';
create index recording_to_head on recording (municipality, id) where covered_at is null;
alter table recording set (fillfactor = 80);
