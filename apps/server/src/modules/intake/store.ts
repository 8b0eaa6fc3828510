/** SQL of uploads. Every function takes the scope it acts in. */
import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import type { BlockRow, IntakeTables, UploadRow } from './tables.ts'

export async function findUpload(db: Db, scope: Scope, id: string): Promise<UploadRow | null> {
  const row = await db
    .$extendTables<IntakeTables>()
    .selectFrom('upload')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

/** False when there is one with this id. */
export async function addUpload(db: Db, row: UploadRow): Promise<boolean> {
  const added = await db
    .$extendTables<IntakeTables>()
    .insertInto('upload')
    .values({ ...row, hint: sql`${JSON.stringify(row.hint)}::text::jsonb` as never })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .execute()
  return added.length > 0
}

export async function changeUpload(
  db: Db,
  scope: Scope,
  id: string,
  change: Partial<Pick<UploadRow, 'state' | 'heard_at' | 'statement' | 'stop' | 'refusal' | 'receipt'>>,
): Promise<void> {
  await db
    .$extendTables<IntakeTables>()
    .updateTable('upload')
    .set(change)
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
    .execute()
}

/** A block that is durable; the same block again changes nothing. Answers what has been received. */
export async function addBlock(db: Db, row: BlockRow): Promise<number> {
  const found = await sql<{ received_bytes: number }>`
    with added as (
      insert into upload_block (municipality, upload, block, sha256, size_bytes, received_at)
      values (${row.municipality}::uuid, ${row.upload}::uuid, ${row.block}::integer, ${row.sha256},
        ${row.size_bytes}::integer, ${row.received_at}::bigint)
      on conflict do nothing returning size_bytes)
    update upload set heard_at = ${row.received_at}::bigint,
      received_bytes = received_bytes + coalesce((select size_bytes from added), 0)
    where municipality = ${row.municipality}::uuid and id = ${row.upload}::uuid
    returning received_bytes`.execute(db)
  return found.rows[0]?.received_bytes ?? 0
}

export async function findBlock(db: Db, scope: Scope, upload: string, block: number): Promise<BlockRow | null> {
  const row = await db
    .$extendTables<IntakeTables>()
    .selectFrom('upload_block')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('upload', '=', upload)
    .where('block', '=', block)
    .executeTakeFirst()
  return row ?? null
}

/** Hashes of the blocks that are there, in order. */
export async function blocksOf(
  db: Db,
  scope: Scope,
  upload: string,
): Promise<readonly Pick<BlockRow, 'block' | 'sha256'>[]> {
  return db
    .$extendTables<IntakeTables>()
    .selectFrom('upload_block')
    .select(['block', 'sha256'])
    .where('municipality', '=', scope.municipality)
    .where('upload', '=', upload)
    .orderBy('block')
    .execute()
}

/** Stretches of blocks that are durable, both ends included. */
export async function receivedOf(db: Db, scope: Scope, upload: string): Promise<[number, number][]> {
  const found = await sql<{ first: number; last: number }>`
    select min(block) as first, max(block) as last from (
      select block, block - row_number() over (order by block) as run from upload_block
      where municipality = ${scope.municipality}::uuid and upload = ${upload}::uuid) as runs
    group by run order by first`.execute(db)
  return found.rows.map(({ first, last }) => [first, last])
}

/** Whether a file of this size began with this block. */
export async function mayBeKnown(db: Db, scope: Scope, sizeBytes: number, firstBlock: string): Promise<boolean> {
  const found = await sql`select 1 from upload_block b
    join upload u on u.municipality = b.municipality and u.id = b.upload
    where b.municipality = ${scope.municipality}::uuid and b.block = 0 and b.sha256 = ${firstBlock}
      and u.size_bytes = ${sizeBytes}::bigint and u.state = 'kept' limit 1`.execute(db)
  return found.rows.length > 0
}

/** What is shown of uploads: those under way, and those refused within a week. */
export async function openUploads(db: Db, scope: Scope, sinceMs: number): Promise<readonly UploadRow[]> {
  return db
    .$extendTables<IntakeTables>()
    .selectFrom('upload')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where((where) =>
      where.or([
        where('state', 'in', ['receiving', 'verifying']),
        where.and([where('state', '=', 'refused'), where('heard_at', '>', sinceMs)]),
      ]),
    )
    .orderBy('heard_at', 'desc')
    .limit(200)
    .execute()
}

/** Uploads whose blocks are all there and that wait to be verified, of every municipality. */
export async function uploadsToVerify(db: Db): Promise<readonly { municipality: string; id: string }[]> {
  const found = await sql<{ municipality: string; id: string }>`select municipality, id from upload
    where state = 'verifying' order by heard_at limit 50`.execute(db)
  return found.rows
}
