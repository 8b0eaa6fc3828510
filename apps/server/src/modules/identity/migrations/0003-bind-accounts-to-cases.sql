-- Outside accounts (police, prosecution, defence): bound to one case, and worth nothing from an instant on.
alter table account add column bound_case uuid;
alter table account add column bound_until bigint;
alter table account add constraint account_bound_whole check ((bound_case is null) = (bound_until is null));
alter table account add constraint account_guest_is_bound check (
  (roles && array['police', 'prosecutor', 'defence']) = (bound_case is not null)
);

-- The link of an outside account asks for a code that was told by another way. SHA-256 of token and code: who reads
-- this table can guess neither. Wrong codes are counted; after a few the link is worth nothing.
alter table sign_in_link add column code_hash bytea;
alter table sign_in_link add column wrong_codes integer not null default 0;
