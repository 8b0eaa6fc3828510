-- An emergency opening: a look that no policy for the role would have given. Never deleted.
create table broken_glass (
  id uuid primary key,
  municipality uuid not null,
  recording uuid not null,
  account uuid not null,
  account_name text not null,
  role text not null,
  purpose text not null,
  reason text not null,
  -- The headline in the ledger, in the same transaction.
  entry uuid not null,
  opened_at bigint not null,
  due_at bigint not null,
  outcome text check (outcome in ('justified', 'not-justified', 'referred')),
  note text,
  reviewed_by uuid,
  reviewed_by_name text,
  reviewed_at bigint,
  check ((outcome is null) = (reviewed_at is null))
);
create index broken_glass_by_time on broken_glass (municipality, opened_at desc);

-- Every six months somebody goes through accounts and roles.
create table privilege_review (
  id uuid primary key,
  municipality uuid not null,
  opened_at bigint not null,
  due_at bigint not null,
  -- Accounts as they were when it was confirmed.
  report jsonb,
  note text,
  confirmed_by uuid,
  confirmed_by_name text,
  confirmed_at bigint
);
create unique index privilege_review_open on privilege_review (municipality) where confirmed_at is null;
