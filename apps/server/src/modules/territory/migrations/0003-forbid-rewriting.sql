-- A version is written once: the server adds versions and reads them. What the database's owner changes all the same,
-- the check finds by the SHA-256 in the version's entry.
do $$
declare
  name text;
begin
  if exists (select from pg_roles where rolname = 'sereno_app') then
    foreach name in array array['territory_version', 'area', 'place', 'street_line', 'zone']
    loop
      execute format('revoke update, delete, truncate on %I from sereno_app', name);
    end loop;
  end if;
end $$;
