-- Checkpoints that devices have named and that our log does not contain: one row for each, the first statement that named it.
create table other_log (
  municipality uuid not null,
  device uuid not null,
  size bigint not null,
  root text not null,
  recording uuid not null,
  statement_sha256 text not null,
  seen_at bigint not null,
  primary key (municipality, device, size, root)
);
