-- Who made the share and who handed out an entrance to it: the guest opens nothing that one of them may not open.
-- Shares made before this have nobody here; what their guests may do is decided without it.
alter table case_share add column given_by jsonb not null default '[]';
