-- The ledger only grows (I-4). Two locks: the privilege is taken from the application's role, and a trigger
-- stops whoever has it. Superusers can drop both, which is why checkpoints are signed elsewhere.
create function refuse_rewriting() returns trigger language plpgsql as $$
begin
  raise exception 'ledger rows are never changed: % on %', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end $$;

create function refuse_skipping() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' and new.value = 1 then
    return new;
  end if;
  if tg_op = 'UPDATE' and new.value = old.value + 1 and new.name = old.name and new.municipality = old.municipality then
    return new;
  end if;
  raise exception 'a counter grows by one: % on %', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end $$;

do $$
declare
  name text;
begin
  foreach name in array array['log', 'leaf', 'leaf_opening', 'leaf_subject', 'leaf_place', 'leaf_lost', 'tree_node', 'checkpoint']
  loop
    execute format('create trigger never_rewritten before update or delete on %I for each row execute function refuse_rewriting()', name);
    execute format('create trigger never_truncated before truncate on %I for each statement execute function refuse_rewriting()', name);
    if exists (select from pg_roles where rolname = 'sereno_app') then
      execute format('revoke update, delete, truncate on %I from sereno_app', name);
    end if;
  end loop;
  if exists (select from pg_roles where rolname = 'sereno_app') then
    revoke delete, truncate on counter from sereno_app;
    revoke truncate on leaf_pending from sereno_app;
  end if;
end $$;

create trigger grows_by_one before insert or update or delete on counter for each row execute function refuse_skipping();
