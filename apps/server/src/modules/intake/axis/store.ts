/** SQL of the Axis protocol. Every function takes the scope it acts in, but for who is just knocking. */
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/actor.ts'
import type { Db } from '../../../kernel/database.ts'
import type { Metadata } from './names.ts'

export type ConnectionRow = {
  municipality: string
  id: string
  site_name: string
  user_name: string
  key_sha256: string
  public_key: string | null
  public_key_id: string | null
  created_at: number
  created_by: string
  ended_at: number | null
  heard_at: number | null
  system_id: string | null
  system_name: string | null
}
export type ContainerRow = {
  municipality: string
  connection: string
  name: string
  metadata: Metadata
  recording: string
  part: number
  state: 'open' | 'complete' | 'kept'
  heard_at: number
}
export type ObjectRow = {
  municipality: string
  connection: string
  container: string
  name: string
  metadata: Metadata
  recording: string | null
  body: Uint8Array | null
  object: string
  size_bytes: number
  sha256: string
  md5: string
  block_sha256: string
  received_at: number
}

/** Who knocks is not known yet: by the name it says. */
export async function connectionByUser(db: Db, userName: string): Promise<ConnectionRow | null> {
  const found = await sql<ConnectionRow>`select * from axis_connection
    where user_name = ${userName} and ended_at is null`.execute(db)
  return found.rows[0] ?? null
}

export async function addConnection(tx: Db, row: ConnectionRow): Promise<void> {
  await sql`insert into axis_connection
    select * from json_populate_record(null::axis_connection, ${JSON.stringify(row)}::text::json)`.execute(tx)
}

export async function connectionsOf(
  db: Db,
  scope: Scope,
): Promise<readonly (ConnectionRow & { recordings: number })[]> {
  const found = await sql<ConnectionRow & { recordings: number }>`select c.*, (select count(*) from axis_container a
      where a.municipality = c.municipality and a.connection = c.id
        and a.name not in ('System', 'Users', 'Devices')) as recordings
    from axis_connection c where c.municipality = ${scope.municipality}::uuid and c.ended_at is null
    order by c.created_at`.execute(db)
  return found.rows
}

export async function endConnection(tx: Db, scope: Scope, id: string, atMs: number): Promise<boolean> {
  const found = await sql`update axis_connection set ended_at = ${atMs}::bigint
    where municipality = ${scope.municipality}::uuid and id = ${id}::uuid and ended_at is null returning id`.execute(tx)
  return found.rows.length > 0
}

export async function noteHeard(
  db: Db,
  scope: Scope,
  id: string,
  heard: { readonly atMs: number; readonly systemId?: string; readonly systemName?: string },
): Promise<void> {
  await sql`update axis_connection set heard_at = ${heard.atMs}::bigint,
      system_id = coalesce(${heard.systemId ?? null}, system_id),
      system_name = coalesce(${heard.systemName ?? null}, system_name)
    where municipality = ${scope.municipality}::uuid and id = ${id}::uuid`.execute(db)
}

/** Makes the container, or merges its metadata; answers it and whether it is new. */
export async function putContainer(
  db: Db,
  scope: Scope,
  row: Omit<ContainerRow, 'municipality' | 'part' | 'state'>,
): Promise<{ readonly row: ContainerRow; readonly isNew: boolean }> {
  const found = await sql<ContainerRow & { is_new: boolean }>`insert into axis_container as a
      (municipality, connection, name, metadata, recording, state, heard_at)
    values (${scope.municipality}::uuid, ${row.connection}::uuid, ${row.name},
      ${JSON.stringify(row.metadata)}::text::jsonb, ${row.recording}::uuid, 'open', ${row.heard_at}::bigint)
    on conflict (municipality, connection, name) do update
      set metadata = a.metadata || excluded.metadata, heard_at = excluded.heard_at
    returning *, (xmax = 0) as is_new`.execute(db)
  const made = found.rows[0]
  if (made === undefined) {
    throw new Error('a container was neither made nor found')
  }
  return { row: made, isNew: made.is_new }
}

export async function findContainer(
  db: Db,
  scope: Scope,
  connection: string,
  name: string,
): Promise<ContainerRow | null> {
  const found = await sql<ContainerRow>`select * from axis_container where municipality = ${scope.municipality}::uuid
    and connection = ${connection}::uuid and name = ${name}`.execute(db)
  return found.rows[0] ?? null
}

/** The container, locked, ready to take an object: once kept, what comes later belongs to another recording. */
export async function openContainer(
  tx: Db,
  scope: Scope,
  place: ContainerRow,
  next: string,
  atMs: number,
): Promise<ContainerRow> {
  const found = await sql<ContainerRow>`update axis_container set heard_at = ${atMs}::bigint,
      state = case when state = 'kept' then 'open' else state end,
      part = case when state = 'kept' then part + 1 else part end,
      recording = case when state = 'kept' then ${next}::uuid else recording end
    where municipality = ${scope.municipality}::uuid and connection = ${place.connection}::uuid and name = ${place.name}
    returning *`.execute(tx)
  return found.rows[0] ?? place
}

export async function changeContainer(
  tx: Db,
  scope: Scope,
  place: Pick<ContainerRow, 'connection' | 'name'>,
  state: ContainerRow['state'],
): Promise<void> {
  await sql`update axis_container set state = ${state} where municipality = ${scope.municipality}::uuid
    and connection = ${place.connection}::uuid and name = ${place.name}`.execute(tx)
}

/** Containers to be made recordings: complete ones, and open ones in which nothing came for so long. */
export async function containersDue(db: Db, silentSinceMs: number): Promise<readonly ContainerRow[]> {
  const found = await sql<ContainerRow>`select * from axis_container a
    where name not in ('System', 'Users', 'Devices')
      and (state = 'complete' or (state = 'open' and part > 0 and heard_at < ${silentSinceMs}::bigint
        and exists (select 1 from axis_object o where o.municipality = a.municipality and o.recording = a.recording)))
    order by heard_at limit 20`.execute(db)
  return found.rows
}

export async function addObject(tx: Db, row: ObjectRow): Promise<void> {
  await sql`insert into axis_object
      (municipality, connection, container, name, metadata, recording, body, object, size_bytes, sha256, md5, block_sha256, received_at)
    values (${row.municipality}::uuid, ${row.connection}::uuid, ${row.container}, ${row.name},
      ${JSON.stringify(row.metadata)}::text::jsonb, ${row.recording}::uuid, ${row.body}, ${row.object}::uuid,
      ${row.size_bytes}::bigint, ${row.sha256}, ${row.md5}, ${row.block_sha256}, ${row.received_at}::bigint)`.execute(
    tx,
  )
}

/** Every version that came under the name, the newest first. */
export async function objectsNamed(
  db: Db,
  scope: Scope,
  place: { readonly connection: string; readonly container: string; readonly name: string },
): Promise<readonly ObjectRow[]> {
  const found = await sql<ObjectRow>`select * from axis_object where municipality = ${scope.municipality}::uuid
    and connection = ${place.connection}::uuid and container = ${place.container} and name = ${place.name}
    order by received_at desc`.execute(db)
  return found.rows
}

export async function changeMetadata(
  tx: Db,
  scope: Scope,
  row: Pick<ObjectRow, 'connection' | 'container' | 'name'>,
  metadata: Metadata,
): Promise<boolean> {
  const found = await sql`update axis_object set metadata = ${JSON.stringify(metadata)}::text::jsonb
    where municipality = ${scope.municipality}::uuid and connection = ${row.connection}::uuid
      and container = ${row.container} and name = ${row.name} returning name`.execute(tx)
  return found.rows.length > 0
}

/** How many objects a recording has, its container locked until the transaction ends. */
export async function countLocked(tx: Db, scope: Scope, place: ContainerRow): Promise<number> {
  await sql`select 1 from axis_container where municipality = ${scope.municipality}::uuid
    and connection = ${place.connection}::uuid and name = ${place.name} for update`.execute(tx)
  const found = await sql<{ n: number }>`select count(*) as n from axis_object
    where municipality = ${scope.municipality}::uuid and recording = ${place.recording}::uuid`.execute(tx)
  return found.rows[0]?.n ?? 0
}

export async function objectsOf(db: Db, scope: Scope, recording: string): Promise<readonly ObjectRow[]> {
  const found = await sql<ObjectRow>`select * from axis_object where municipality = ${scope.municipality}::uuid
    and recording = ${recording}::uuid order by received_at, name`.execute(db)
  return found.rows
}
