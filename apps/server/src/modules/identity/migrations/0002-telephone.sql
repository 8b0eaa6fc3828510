-- The control room's, for officers to call; as it is dialled.
alter table municipality add column telephone text;
