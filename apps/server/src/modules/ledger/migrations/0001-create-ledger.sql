-- One log per municipality. Its origin is a UUID of its own: a log outlives names and addresses.
create table log (
  municipality uuid primary key,
  origin uuid not null unique,
  created_at bigint not null
);

-- An entry as the public log shows it. `bytes` is the canonical JSON that is hashed (evidence format, section 5):
-- nothing here says who or what; that is in leaf_opening, which may be lost or erased. No foreign key to `log`:
-- every append would lock that one row.
create table leaf (
  id uuid primary key,
  municipality uuid not null,
  coarse text not null,
  bytes bytea not null,
  hash bytea not null check (length(hash) = 32)
);
create index leaf_by_coarse on leaf (municipality, coarse, id);

-- Salts and values of every field. Without it the leaf still stands, and reads "opening lost".
create table leaf_opening (
  leaf uuid primary key references leaf,
  municipality uuid not null,
  kind text not null,
  happened_at bigint not null,
  -- {"name": ["value", "salt in hexadecimal"]}; json, not jsonb: kept byte for byte, never searched.
  fields json not null
);
create index leaf_opening_by_kind on leaf_opening (municipality, kind, leaf);

-- Which entries speak of a thing: 'recording:<uuid>', 'device:<uuid>', 'person:<uuid>', 'alarm:<uuid>'.
create table leaf_subject (
  municipality uuid not null,
  subject text not null,
  leaf uuid not null,
  primary key (municipality, subject, leaf)
);

-- Committed and not yet sequenced. The only table here that shrinks.
create table leaf_pending (
  municipality uuid not null,
  leaf uuid not null,
  primary key (municipality, leaf)
);

-- The place of each leaf. The sequencer alone writes it, under an advisory lock, without holes.
create table leaf_place (
  municipality uuid not null,
  index bigint not null check (index >= 0),
  leaf uuid not null unique references leaf,
  hash bytea not null,
  primary key (municipality, index)
);

-- Roots of complete subtrees of 256^level leaves: a hash tile of level n is a run of rows of level n
-- (level 0 is leaf_place). Partial tiles are prefixes of these runs, so nothing is ever rewritten.
create table tree_node (
  municipality uuid not null,
  level smallint not null check (level >= 1),
  index bigint not null,
  hash bytea not null,
  primary key (municipality, level, index)
);

-- Signed and published.
create table checkpoint (
  municipality uuid not null,
  size bigint not null,
  root bytea not null,
  note text not null,
  published_at bigint not null,
  primary key (municipality, size)
);

-- Gapless numbers (alarm 1, 2, 3 …): a row updated in the transaction, so that a rolled-back use leaves no hole.
create table counter (
  municipality uuid not null,
  name text not null,
  value bigint not null,
  primary key (municipality, name)
);

-- Leaves that came back from the published log after a restore, without their bodies: "opening lost".
create table leaf_lost (
  leaf uuid primary key references leaf,
  municipality uuid not null,
  imported_at bigint not null
);
