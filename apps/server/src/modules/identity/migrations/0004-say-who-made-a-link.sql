-- Whoever makes a link for somebody else could use it first: what is done in a session that such a link opened names
-- its maker. Null for links that the machine made.
alter table sign_in_link add column made_by text;
alter table session add column entered_by text;
