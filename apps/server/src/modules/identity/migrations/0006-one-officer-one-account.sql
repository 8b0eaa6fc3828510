-- An officer is at most one open account: the ban on one's own recordings and what one may read of who looked at them
-- belong to one person. A closed account keeps its officer, for what it did.
create unique index account_by_officer on account (municipality, officer) where officer is not null and closed_at is null;
