-- One row for each event and each listener that has not handled it yet (kernel/events.ts). A handled row is deleted in
-- the handler's own transaction. `subscriber` first: each listener reads its own queue, oldest first.
create table event_delivery (
  id bigint generated always as identity primary key,
  subscriber text not null,
  name text not null,
  municipality uuid not null,
  payload jsonb not null,
  attempts integer not null default 0,
  due_at timestamptz not null default clock_timestamp()
);
create index event_delivery_queue on event_delivery (subscriber, id);
