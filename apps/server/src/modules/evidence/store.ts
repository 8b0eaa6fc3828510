/** SQL of recordings and what belongs to them. Every function takes the scope it acts in. */
import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import { mediaKey } from './evidence.ts'
import type {
  DeclaredGapRow,
  EvidenceTables,
  ExportRow,
  LookRow,
  ManifestRow,
  MarkerRow,
  OpeningRow,
  RecordingRow,
  StatementRow,
} from './tables.ts'

/** What the axis, the playlist and the manifest need of a statement: all but envelope and receipt. */
export type StatementLine = Omit<StatementRow, 'municipality' | 'recording' | 'envelope' | 'receipt'>

/** What leads to the stored object of a media statement. */
type Stored = Pick<StatementRow, 'sequence' | 'statement_sha256' | 'captured_at' | 'size_bytes'>

/** The stored object of a recording's media statement. */
export function mediaKeyOf(row: Pick<RecordingRow, 'municipality' | 'id'>, stored: Omit<Stored, 'size_bytes'>): string {
  return mediaKey({
    municipality: row.municipality,
    recording: row.id,
    sequence: stored.sequence,
    statementSha256: stored.statement_sha256,
    capturedAt: stored.captured_at,
  })
}

const lineColumns = [
  'sequence',
  'version',
  'statement_sha256',
  'kind',
  'counter',
  'captured_at',
  'wall_clock_at',
  'received_at',
  'media_sha256',
  'size_bytes',
  'timescale',
  'decode_time',
  'duration_ticks',
  'duration_ms',
  'pre_event',
  'audio',
  'reason',
  'quarantine',
  'supplement',
] as const

export async function findRecording(db: Db, scope: Scope, id: string): Promise<RecordingRow | null> {
  const row = await db
    .$extendTables<EvidenceTables>()
    .selectFrom('recording')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

/** Throws Refusal `recording.not-found`. */
export async function needRecording(db: Db, scope: Scope, id: string): Promise<RecordingRow> {
  const row = await findRecording(db, scope, id)
  if (row === null) {
    throw new Refusal('recording.not-found')
  }
  return row
}

/** The row, locked until the transaction ends: no upload or seal changes it meanwhile. */
export async function lockRecording(tx: Db, scope: Scope, id: string): Promise<RecordingRow> {
  const row = await tx
    .$extendTables<EvidenceTables>()
    .selectFrom('recording')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) {
    throw new Refusal('recording.not-found')
  }
  return row
}

export async function changeRecording(
  tx: Db,
  scope: Scope,
  id: string,
  change: Partial<Omit<RecordingRow, 'municipality' | 'id'>>,
): Promise<void> {
  await tx
    .$extendTables<EvidenceTables>()
    .updateTable('recording')
    .set(change)
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
    .execute()
}

/** Every statement that arrived, in order of sequence and arrival. */
export async function statementLines(db: Db, scope: Scope, recording: string): Promise<readonly StatementLine[]> {
  return db
    .$extendTables<EvidenceTables>()
    .selectFrom('capture_statement')
    .select([...lineColumns])
    .where('municipality', '=', scope.municipality)
    .where('recording', '=', recording)
    .orderBy('sequence')
    .orderBy('version')
    .execute()
}

/** One page of whole statements, by sequence and version; for packages and checks. */
export async function wholeStatements(
  db: Db,
  scope: Scope,
  recording: string,
  fromSequence: number,
  limit: number,
): Promise<readonly StatementRow[]> {
  return db
    .$extendTables<EvidenceTables>()
    .selectFrom('capture_statement')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('recording', '=', recording)
    .where('sequence', '>=', fromSequence)
    .orderBy('sequence')
    .orderBy('version')
    .limit(limit)
    .execute()
}

/** The first media statement that arrived for the sequence, or null. */
export async function firstMedia(db: Db, scope: Scope, recording: string, sequence: number): Promise<Stored | null> {
  const row = await db
    .$extendTables<EvidenceTables>()
    .selectFrom('capture_statement')
    .select(['sequence', 'statement_sha256', 'captured_at', 'size_bytes'])
    .where('municipality', '=', scope.municipality)
    .where('recording', '=', recording)
    .where('sequence', '=', sequence)
    .where('version', '=', 0)
    .where('kind', '=', 'media')
    .executeTakeFirst()
  return row ?? null
}

/** Sequences below the highest one that have no statement, in order; at most `limit`. */
export async function missingOf(db: Db, scope: Scope, row: RecordingRow, limit: number): Promise<number[]> {
  if (row.highest_sequence + 1 === row.statements) {
    return []
  }
  const found = await sql<{ from: number; to: number }>`
    select "from", "to" from (
      select coalesce(lag(sequence) over (order by sequence), -1) + 1 as "from", sequence - 1 as "to"
      from capture_statement
      where municipality = ${scope.municipality}::uuid and recording = ${row.id}::uuid and version = 0
    ) as hole where "to" >= "from" order by "from" limit ${limit}`.execute(db)
  const missing: number[] = []
  for (const hole of found.rows) {
    for (let sequence = hole.from; sequence <= hole.to && missing.length < limit; sequence += 1) {
      missing.push(sequence)
    }
  }
  return missing
}

/** How many sequences beyond the stop have a statement. */
export async function countAfterStop(db: Db, scope: Scope, row: RecordingRow): Promise<number> {
  if (row.stop_sequence === null || row.highest_sequence <= row.stop_sequence) {
    return 0
  }
  const found = await sql<{ n: number }>`select count(*) as n from capture_statement
    where municipality = ${scope.municipality}::uuid and recording = ${row.id}::uuid and version = 0
      and sequence > ${row.stop_sequence}`.execute(db)
  return found.rows[0]?.n ?? 0
}

export async function markersOf(db: Db, scope: Scope, recording: string): Promise<readonly MarkerRow[]> {
  return db
    .$extendTables<EvidenceTables>()
    .selectFrom('marker')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('recording', '=', recording)
    .orderBy('marked_at')
    .execute()
}

/** False when a mark with this id is there already. */
export async function addMarker(tx: Db, marker: MarkerRow): Promise<boolean> {
  const added = await tx
    .$extendTables<EvidenceTables>()
    .insertInto('marker')
    .values(marker)
    .onConflict((conflict) => conflict.columns(['municipality', 'id']).doNothing())
    .returning('id')
    .execute()
  return added.length > 0
}

export async function declaredGaps(db: Db, scope: Scope, recording: string): Promise<readonly DeclaredGapRow[]> {
  return db
    .$extendTables<EvidenceTables>()
    .selectFrom('declared_gap')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('recording', '=', recording)
    .orderBy('sequence')
    .execute()
}

/** How many sequences were declared and have not arrived since. */
export async function declaredStillMissing(db: Db, scope: Scope, recording: string): Promise<number> {
  const found = await sql<{ n: number }>`select count(*) as n from declared_gap d
    where d.municipality = ${scope.municipality}::uuid and d.recording = ${recording}::uuid and not exists (
      select 1 from capture_statement c where c.municipality = d.municipality and c.recording = d.recording
        and c.sequence = d.sequence and c.version = 0)`.execute(db)
  return found.rows[0]?.n ?? 0
}

/** Answers how many were new. */
export async function addDeclaredGaps(tx: Db, rows: readonly DeclaredGapRow[]): Promise<number> {
  if (rows.length === 0) {
    return 0
  }
  const added = await sql<{ sequence: number }>`insert into declared_gap
    select * from json_populate_recordset(null::declared_gap, ${JSON.stringify(rows)}::text::json)
    on conflict do nothing returning sequence`.execute(tx)
  return added.rows.length
}

export async function manifestsOf(db: Db, scope: Scope, recording: string): Promise<readonly ManifestRow[]> {
  return db
    .$extendTables<EvidenceTables>()
    .selectFrom('manifest')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('recording', '=', recording)
    .orderBy('number')
    .execute()
}

export async function addManifest(tx: Db, row: ManifestRow): Promise<void> {
  await tx.$extendTables<EvidenceTables>().insertInto('manifest').values(row).execute()
}

/** Gives what waited for a supplement the supplement's number. */
export async function numberSupplement(tx: Db, scope: Scope, recording: string, number: number): Promise<void> {
  await tx
    .$extendTables<EvidenceTables>()
    .updateTable('capture_statement')
    .set({ supplement: number })
    .where('municipality', '=', scope.municipality)
    .where('recording', '=', recording)
    .where('supplement', '=', 0)
    .execute()
}

export async function openingsOf(db: Db, scope: Scope, recording: string): Promise<readonly OpeningRow[]> {
  return db
    .$extendTables<EvidenceTables>()
    .selectFrom('position_opening')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('recording', '=', recording)
    .orderBy('sequence')
    .execute()
}

export async function addOpenings(tx: Db, rows: readonly OpeningRow[]): Promise<void> {
  if (rows.length > 0) {
    await sql`insert into position_opening
      select * from json_populate_recordset(null::position_opening, ${JSON.stringify(rows)}::text::json)
      on conflict do nothing`.execute(tx)
  }
}

export async function addLooks(tx: Db, rows: readonly LookRow[]): Promise<void> {
  await sql`insert into look select * from json_populate_recordset(null::look, ${JSON.stringify(rows)}::text::json)`.execute(
    tx,
  )
}

export type LookedAt = {
  readonly look: Pick<LookRow, 'id' | 'expires_at' | 'closed_at'>
  readonly row: RecordingRow
}

/** The reader's own look and what it opens, as both are now: asked for each piece of footage. */
export async function findLookedAt(db: Db, scope: Scope, id: string): Promise<LookedAt | null> {
  const found = await sql<RecordingRow & { look_expires_at: number; look_closed_at: number | null }>`
    select r.*, l.expires_at as look_expires_at, l.closed_at as look_closed_at
    from look l join recording r on r.municipality = l.municipality and r.id = l.recording
    where l.municipality = ${scope.municipality}::uuid and l.id = ${id}::uuid and l.account = ${scope.actor.id}::uuid`.execute(
    db,
  )
  const [joined] = found.rows
  if (joined === undefined) {
    return null
  }
  const { look_expires_at: expiresAt, look_closed_at: closedAt, ...row } = joined
  return { look: { id, expires_at: expiresAt, closed_at: closedAt }, row }
}

/** The reader's own look; somebody else's is not found. */
export function findLook(db: Db, scope: Scope, id: string): Promise<LookRow | null> {
  return findOwn(db, scope, 'look', id)
}

/** The reader's own export. */
export function findExport(db: Db, scope: Scope, id: string): Promise<ExportRow | null> {
  return findOwn(db, scope, 'evidence_export', id)
}

async function findOwn<Row>(db: Db, scope: Scope, table: 'look' | 'evidence_export', id: string): Promise<Row | null> {
  const found = await sql<Row>`select * from ${sql.table(table)} where municipality = ${scope.municipality}::uuid
    and id = ${id}::uuid and account = ${scope.actor.id}::uuid`.execute(db)
  return found.rows[0] ?? null
}

export async function changeLook(
  tx: Db,
  scope: Scope,
  id: string,
  change: Partial<Pick<LookRow, 'expires_at' | 'closed_at' | 'entry'>>,
): Promise<void> {
  await tx
    .$extendTables<EvidenceTables>()
    .updateTable('look')
    .set(change)
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
    .execute()
}

export async function addExport(tx: Db, row: ExportRow): Promise<void> {
  await tx.$extendTables<EvidenceTables>().insertInto('evidence_export').values(row).execute()
}

/** A device makes one recording at a time; an older one without its stop was left open by a kill. */
export async function receivingOf(
  db: Db,
  device: string,
): Promise<{ readonly id: string; readonly startedAt: number } | null> {
  const row = await db
    .$extendTables<EvidenceTables>()
    .selectFrom('recording')
    .select(['id', 'started_at', 'state'])
    .where('device', '=', device)
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined || row.state !== 'receiving' ? null : { id: row.id, startedAt: row.started_at }
}
