import { sql } from 'kysely'
import type { Db } from '../../kernel/database.ts'
import type { AreaView, Ground, Line, PlaceView, ZoneView } from './territory.ts'

/** The version in force, or 0 where no territory was made yet. */
export async function versionInForce(db: Db, municipality: string): Promise<number> {
  const found = await sql<{ version: number | null }>`
    select max(version) as version from territory_version where municipality = ${municipality}::uuid`.execute(db)
  return found.rows[0]?.version ?? 0
}

export type PutInForce = {
  readonly inForceAt: number
  readonly putBy: string | null
  readonly note: string
  readonly accepted: readonly string[]
}

/** Writes a whole version; nothing of an earlier one is touched. False when somebody else has written this version. */
export async function insertGround(tx: Db, municipality: string, ground: Ground, how: PutInForce): Promise<boolean> {
  const own = sql`${municipality}::uuid, ${ground.version}::integer`
  const claimed = await sql`insert into territory_version (municipality, version, in_force_at, put_by, note, accepted)
    values (${own}, ${how.inForceAt}::bigint, ${how.putBy}, ${how.note},
      (select coalesce(array_agg(fault), '{}') from jsonb_array_elements_text(${JSON.stringify(how.accepted)}::text::jsonb) as fault))
    on conflict do nothing returning version`.execute(tx)
  if (claimed.rows.length === 0) {
    return false
  }
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
  await sql`insert into zone (municipality, version, id, kind, name, shape)
    select ${own}, id, kind, name, shape
    from jsonb_to_recordset(${JSON.stringify(ground.zones)}::text::jsonb)
      as row (id uuid, kind text, name text, shape jsonb)`.execute(tx)
  return true
}

export async function groundOf(db: Db, municipality: string, version: number): Promise<Ground> {
  const own = sql`municipality = ${municipality}::uuid and version = ${version}::integer`
  const areas = await sql<AreaView>`select id, kind, code, name, parent, shape from area where ${own}
    order by case kind when 'district' then 0 when 'sector' then 1 else 2 end, code`.execute(db)
  const places = await sql<PlaceView>`select id, kind, name, longitude, latitude from place where ${own}
    order by kind, name`.execute(db)
  const lines = await sql<Line>`select id, kind, name, coordinates from street_line where ${own}
    order by kind, name, id`.execute(db)
  const zones = await sql<ZoneView>`select id, kind, name, shape from zone where ${own}
    order by name`.execute(db)
  return { version, areas: areas.rows, places: places.rows, zones: zones.rows, lines: lines.rows }
}

type KnownVersion = {
  readonly municipality: string
  readonly version: number
  readonly putBy: string | null
  readonly accepted: readonly string[]
}

/** Every municipality and version, for the check. */
export async function allVersions(db: Db): Promise<readonly KnownVersion[]> {
  const found = await sql<KnownVersion>`
    select municipality, version, put_by as "putBy", accepted from territory_version order by municipality, version`.execute(
    db,
  )
  return found.rows
}

export type VersionRow = {
  readonly version: number
  readonly inForceAt: number
  readonly by: string | null
  readonly note: string
  readonly sectors: number
  readonly quadrants: number
  readonly places: number
  readonly zones: number
}

/** Newest first. */
export async function versionsOf(db: Db, municipality: string): Promise<readonly VersionRow[]> {
  const found = await sql<VersionRow>`
    select v.version, v.in_force_at as "inForceAt", v.put_by as by, v.note,
      count(*) filter (where a.kind = 'sector')::integer as sectors,
      count(*) filter (where a.kind = 'quadrant')::integer as quadrants,
      (select count(*)::integer from place p where (p.municipality, p.version) = (v.municipality, v.version)) as places,
      (select count(*)::integer from zone z where (z.municipality, z.version) = (v.municipality, v.version)) as zones
    from territory_version v left join area a using (municipality, version)
    where v.municipality = ${municipality}::uuid
    group by v.municipality, v.version order by v.version desc`.execute(db)
  return found.rows.map((row) => ({ ...row, inForceAt: Number(row.inForceAt) }))
}
