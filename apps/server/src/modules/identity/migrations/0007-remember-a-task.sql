-- The purpose somebody works for now, with its reference: offered again, never applied by itself. One for each session.
create table task (
  session uuid primary key references session on delete cascade,
  municipality uuid not null,
  account uuid not null,
  purpose text not null,
  reference text,
  -- Of the first look for it, and of the last.
  since_at bigint not null,
  used_at bigint not null
);
