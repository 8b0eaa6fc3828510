-- What an Axis body-worn system controller says and sends (see axis/). Every instant is epoch milliseconds, UTC.

create table axis_connection (
  municipality uuid not null,
  -- Also the account of the storage address.
  id uuid not null,
  site_name text not null,
  user_name text not null,
  key_sha256 text not null,
  public_key text,
  public_key_id text,
  created_at bigint not null,
  created_by text not null,
  ended_at bigint,
  heard_at bigint,
  system_id text,
  system_name text,
  primary key (municipality, id)
);
create unique index axis_connection_user on axis_connection (user_name);

create table axis_container (
  municipality uuid not null,
  connection uuid not null,
  name text not null,
  metadata jsonb not null,
  -- Which recording its objects will be; another one for what comes after it was kept.
  recording uuid not null,
  part integer not null default 0,
  state text not null check (state in ('open', 'complete', 'kept')),
  heard_at bigint not null,
  primary key (municipality, connection, name)
);
create index axis_container_open on axis_container (state, heard_at) where state <> 'kept';

create table axis_object (
  municipality uuid not null,
  connection uuid not null,
  container text not null,
  name text not null,
  metadata jsonb not null,
  -- The recording it belongs to; null in System, Users and Devices, whose bodies are words.
  recording uuid,
  body bytea,
  object uuid not null,
  size_bytes bigint not null,
  sha256 text not null,
  md5 text not null,
  block_sha256 text not null,
  received_at bigint not null,
  primary key (municipality, connection, container, name, object)
);
alter table axis_object alter column block_sha256 set storage external;
create index axis_object_by_recording on axis_object (municipality, recording) where recording is not null;
