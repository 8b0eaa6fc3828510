import { sql } from 'kysely'
import type { Db } from '../../kernel/database.ts'
import type { AreaView, Ground, Line, PlaceView } from './territory.ts'

/** The version in force, or 0 where no territory was made yet. */
export async function versionInForce(db: Db, municipality: string): Promise<number> {
  const found = await sql<{ version: number | null }>`
    select max(version) as version from territory_version where municipality = ${municipality}::uuid`.execute(db)
  return found.rows[0]?.version ?? 0
}

/** Writes a whole version; nothing of an earlier one is touched. */
export async function insertGround(tx: Db, municipality: string, ground: Ground, inForceAt: number): Promise<void> {
  const own = sql`${municipality}::uuid, ${ground.version}::integer`
  await sql`insert into territory_version (municipality, version, in_force_at)
    values (${own}, ${inForceAt}::bigint)`.execute(tx)
  await sql`insert into area (municipality, version, id, kind, code, name, parent, shape)
    select ${own}, id, kind, code, name, parent, shape
    from jsonb_to_recordset(${JSON.stringify(ground.areas)}::text::jsonb)
      as row (id uuid, kind text, code text, name text, parent uuid, shape jsonb)`.execute(tx)
  await sql`insert into place (municipality, version, id, kind, name, longitude, latitude)
    select ${own}, id, kind, name, longitude, latitude
    from jsonb_to_recordset(${JSON.stringify(ground.places)}::text::jsonb)
      as row (id uuid, kind text, name text, longitude double precision, latitude double precision)`.execute(tx)
  await sql`insert into street_line (municipality, version, id, kind, name, coordinates)
    select ${own}, id, kind, name, coordinates
    from jsonb_to_recordset(${JSON.stringify(ground.lines)}::text::jsonb)
      as row (id uuid, kind text, name text, coordinates jsonb)`.execute(tx)
}

export async function groundOf(db: Db, municipality: string, version: number): Promise<Ground> {
  const own = sql`municipality = ${municipality}::uuid and version = ${version}::integer`
  const areas = await sql<AreaView>`select id, kind, code, name, parent, shape from area where ${own}
    order by case kind when 'district' then 0 when 'sector' then 1 else 2 end, code`.execute(db)
  const places = await sql<PlaceView>`select id, kind, name, longitude, latitude from place where ${own}
    order by kind, name`.execute(db)
  const lines = await sql<Line>`select id, kind, name, coordinates from street_line where ${own}
    order by kind, name, id`.execute(db)
  return { version, areas: areas.rows, places: places.rows, lines: lines.rows }
}

/** Every municipality and version, for the check. */
export async function allVersions(
  db: Db,
): Promise<readonly { readonly municipality: string; readonly version: number }[]> {
  const found = await sql<{ municipality: string; version: number }>`
    select municipality, version from territory_version order by municipality, version`.execute(db)
  return found.rows
}
