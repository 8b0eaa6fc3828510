/**
 * Whole files of other cameras as recordings (evidence format, section 12). Their blocks are durable before anything here
 * is called; intake calls {@link keepFiles} in its own transaction:
 *
 *  1. blocks encrypted, fsynced (storeBlock)          crash: objects without a row; the retry writes nothing twice
 *  2. statements signed, receipts signed              crash: nobody has seen them
 *  3. one transaction: recording, statements, files, ledger entries, events, the taker's counter
 *                                                     crash before the commit: as 1 and 2; after: kept, sealed by the timer
 */
import { hash } from 'node:crypto'
import type { FileStatement, StopStatement } from '@sereno/proof'
import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { EvidenceDeps } from './deps.ts'
import { deviceActor } from './duty.ts'
import { count, emptyTally, fileBlockKey, shortCode, type Tally } from './evidence.ts'
import { addMarker, changeRecording, lockRecording } from './store.ts'
import type { EvidenceTables, MarkerRow, OriginalFileRow, RecordingRow, StatementRow } from './tables.ts'

/** What was found out about a file by reading it; nothing of it is signed, since anyone can find it out again. */
export type FileFacts = Pick<
  OriginalFileRow,
  'role' | 'container' | 'video_codec' | 'audio_codec' | 'started_at' | 'duration_ms' | 'plays'
>

export type KeptFile = {
  readonly statement: FileStatement
  /** The signed envelope's own bytes. */
  readonly envelope: Uint8Array
  readonly receipt: Uint8Array
  /** Folder of its blocks. */
  readonly object: string
  readonly blocks: readonly string[]
  readonly facts: FileFacts
}

/** A recording of whole files, ready to be kept. */
export type FileRecording = {
  readonly municipality: string
  readonly id: string
  /** The camera, or the taker where the camera is not known. */
  readonly device: { readonly id: string; readonly code: string }
  /** Whose key signed the statements. */
  readonly taker: { readonly id: string; readonly code: string }
  readonly simulated: boolean
  readonly officer: { readonly id: string; readonly code: string; readonly name: string } | null
  readonly quarantine: string | null
  readonly startedAt: number
  readonly endedAt: number
  readonly start: { readonly latitude: number; readonly longitude: number } | null
  readonly hasTrack: boolean
  readonly files: readonly KeptFile[]
  readonly stop: { readonly statement: StopStatement; readonly envelope: Uint8Array; readonly receipt: Uint8Array }
  readonly markers: readonly Pick<MarkerRow, 'id' | 'marked_at' | 'note'>[]
  /** Fields of the entry that says how it came in: source, clock offset, what was found in the files. */
  readonly fields: Readonly<Record<string, string>>
}

type Told = Pick<EvidenceDeps, 'ledger' | 'events' | 'fleet' | 'territory' | 'clock'>

/** False when the recording is there already: a retry after a lost answer. */
export async function keepFiles(deps: Told, tx: Db, made: FileRecording): Promise<boolean> {
  const now = deps.clock.nowMs()
  const rows = statementRows(made, now)
  const tally = rows.reduce<Tally>((sum, row) => count(sum, countedOf(row)), emptyTally())
  const row = await recordingRow(deps, made, tally, now)
  const tables = tx.$extendTables<EvidenceTables>()
  const added = await tables
    .insertInto('recording')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .execute()
  if (added.length === 0) {
    return false
  }
  await sql`insert into capture_statement
    select * from json_populate_recordset(null::capture_statement, ${JSON.stringify(rows)}::text::json)`.execute(tx)
  for (const file of made.files) {
    await tables.insertInto('original_file').values(fileRow(made, file)).execute()
  }
  for (const marker of made.markers) {
    await addMarker(tx, markerRow(made, marker, now))
  }
  await tell(deps, tx, made, rows)
  return true
}

/** Says who made it: an entry, then the recording's row. What was signed stays as it is. */
export async function attribute(
  deps: Told,
  tx: Db,
  scope: Scope,
  recording: string,
  to: {
    readonly device: { readonly id: string; readonly code: string } | null
    readonly officer: { readonly id: string; readonly code: string; readonly name: string } | null
  },
): Promise<void> {
  const row = await lockRecording(tx, scope, recording)
  if (row.shape !== 'files') {
    throw new Refusal('recording.not-found')
  }
  const { device, officer } = to
  await deps.ledger.append(tx, {
    municipality: scope.municipality,
    kind: 'recording.attributed',
    coarse: 'custody',
    subjects: [
      `recording:${recording}`,
      ...(device === null ? [] : [`device:${device.id}`]),
      ...(officer === null ? [] : [`person:${officer.id}`]),
    ],
    actor: scope.actor,
    fields: {
      device: device?.code ?? row.device_code,
      deviceBefore: row.device_code,
      officer: officer?.code ?? row.officer_code ?? '',
      officerBefore: row.officer_code ?? '',
    },
  })
  await changeRecording(tx, scope, recording, {
    ...(device === null ? {} : { device: device.id, device_code: device.code }),
    ...(officer === null ? {} : { officer: officer.id, officer_code: officer.code, officer_name: officer.name }),
  })
}

async function recordingRow(deps: Told, made: FileRecording, tally: Tally, now: number): Promise<RecordingRow> {
  const { municipality, id, start } = made
  const quadrant =
    start === null ? null : await deps.territory.quadrantAt(municipality, start.longitude, start.latitude)
  const durationMs = made.files.reduce((sum, { facts }) => sum + facts.duration_ms, 0)
  return {
    municipality,
    id,
    code: shortCode(id),
    device: made.device.id,
    device_code: made.device.code,
    simulated: made.simulated,
    officer: made.officer?.id ?? null,
    officer_code: made.officer?.code ?? null,
    officer_name: made.officer?.name ?? null,
    shift: null,
    quadrant: quadrant?.id ?? null,
    quadrant_code: quadrant?.code ?? null,
    longitude: start?.longitude ?? null,
    latitude: start?.latitude ?? null,
    state: tally.state,
    quarantine: made.quarantine,
    held: false,
    destroyed_at: null,
    incomplete: false,
    sos: false,
    started_at: made.startedAt,
    ended_at: Math.max(made.startedAt, made.endedAt),
    received_at: now,
    statements: tally.statements,
    segments: tally.segments,
    gaps: tally.gaps,
    highest_sequence: tally.highestSequence,
    stop_sequence: tally.stopSequence,
    stop_reason: tally.stopReason,
    size_bytes: tally.sizeBytes,
    duration_ms: durationMs,
    declared: 0,
    init_sha256: null,
    // There is none to wait for.
    init_stored: true,
    category: null,
    note: null,
    headed_sequence: -1,
    headed_sha256: null,
    headed_entry: null,
    headed_at: null,
    covered_at: null,
    sealed_at: null,
    manifest_sha256: null,
    shape: 'files',
    track_of: made.hasTrack ? id : null,
  }
}

function statementRows(made: FileRecording, now: number): StatementRow[] {
  const all = [
    ...made.files.map((file) => ({ ...file, kind: 'file' as const })),
    { ...made.stop, kind: 'stop' as const, facts: null },
  ]
  return all.map(({ statement, envelope, receipt, kind, facts }) => ({
    municipality: made.municipality,
    recording: made.id,
    sequence: statement.sequence,
    version: 0,
    statement_sha256: hash('sha256', envelope),
    kind,
    counter: statement.counter,
    captured_at: (facts?.started_at ?? made.startedAt) + (facts?.duration_ms ?? 0),
    wall_clock_at: statement.wallClockMs,
    received_at: now,
    media_sha256: 'file' in statement ? statement.file.sha256 : null,
    size_bytes: 'file' in statement ? statement.file.sizeBytes : 0,
    timescale: 1_000,
    decode_time: Math.max(0, (facts?.started_at ?? made.startedAt) - made.startedAt),
    duration_ticks: facts?.duration_ms ?? 0,
    duration_ms: facts?.duration_ms ?? 0,
    pre_event: false,
    audio: facts?.audio_codec != null,
    reason: 'reason' in statement ? statement.reason : null,
    quarantine: null,
    supplement: null,
    envelope: textOf(envelope),
    receipt: textOf(receipt),
  }))
}

function countedOf(row: StatementRow): Parameters<typeof count>[1] {
  return {
    sequence: row.sequence,
    kind: row.kind,
    capturedAt: row.captured_at,
    durationMs: row.duration_ms,
    sizeBytes: row.size_bytes,
    reason: row.reason,
  }
}

function fileRow(made: FileRecording, { statement, object, blocks, facts }: KeptFile): OriginalFileRow {
  return {
    municipality: made.municipality,
    recording: made.id,
    sequence: statement.sequence,
    object,
    name: statement.file.name,
    size_bytes: statement.file.sizeBytes,
    sha256: statement.file.sha256,
    blocks: blocks.length,
    block_sha256: blocks.join(''),
    ...facts,
  }
}

function markerRow(made: FileRecording, marker: FileRecording['markers'][number], now: number): MarkerRow {
  return {
    municipality: made.municipality,
    recording: made.id,
    category: null,
    by_kind: 'device',
    by_id: made.device.id,
    by_name: made.device.code,
    created_at: now,
    ...marker,
  }
}

async function tell(deps: Told, tx: Db, made: FileRecording, rows: readonly StatementRow[]): Promise<void> {
  const { municipality, id: recording, device, taker, officer } = made
  const actor = deviceActor(municipality, taker.id, taker.code)
  const subjects = [
    `recording:${recording}`,
    `device:${device.id}`,
    ...(taker.id === device.id ? [] : [`device:${taker.id}`]),
    ...(officer === null ? [] : [`person:${officer.id}`]),
  ]
  const entry = { municipality, coarse: 'recording', subjects, actor } as const
  const { startedAt, endedAt } = made
  await deps.ledger.append(tx, {
    ...entry,
    kind: 'recording.started',
    fields: {
      startedAt: String(startedAt),
      endedAt: String(endedAt),
      officer: officer?.code ?? '',
      simulated: String(made.simulated),
      files: String(made.files.length),
      ...made.fields,
    },
  })
  const stop = rows.at(-1)
  const head = stop?.statement_sha256 ?? ''
  const reason = stop?.reason ?? 'closed'
  await deps.ledger.append(tx, {
    ...entry,
    kind: 'recording.stopped',
    fields: { reason, count: String(stop?.sequence ?? 0), head },
  })
  await deps.events.publish(tx, 'recording.started', municipality, {
    recording,
    device: device.id,
    officer: officer?.id ?? null,
  })
  await deps.events.publish(tx, 'recording.stopped', municipality, { recording, device: device.id, reason })
  if (made.quarantine !== null) {
    await deps.ledger.append(tx, { ...entry, kind: 'recording.quarantined', fields: { code: made.quarantine } })
    await deps.events.publish(tx, 'recording.quarantined', municipality, { recording, code: made.quarantine })
  }
  await deps.fleet.noteStatement(tx, taker.id, stop?.counter ?? 0, head, recording)
}

function textOf(envelope: Uint8Array): string {
  return Buffer.from(envelope.buffer, envelope.byteOffset, envelope.length).toString('latin1')
}

export async function filesOf(db: Db, scope: Scope, recording: string): Promise<readonly OriginalFileRow[]> {
  return db
    .$extendTables<EvidenceTables>()
    .selectFrom('original_file')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('recording', '=', recording)
    .orderBy('sequence')
    .execute()
}

/** A file with these bytes that is kept and not destroyed, or null. */
export async function fileByHash(db: Db, scope: Scope, sha256: string): Promise<OriginalFileRow | null> {
  const found = await sql<OriginalFileRow>`select f.* from original_file f
    join recording r on r.municipality = f.municipality and r.id = f.recording
    where f.municipality = ${scope.municipality}::uuid and f.sha256 = ${sha256} and r.destroyed_at is null
    order by f.recording limit 1`.execute(db)
  return found.rows[0] ?? null
}

/** Hashes of a file's blocks, in order. */
export function blockHashes(file: Pick<OriginalFileRow, 'block_sha256' | 'blocks'>): readonly string[] {
  return Array.from({ length: file.blocks }, (_, block) => file.block_sha256.slice(block * 64, block * 64 + 64))
}

/** The blocks of a file, decrypted one after the other: pieces of at most 1 MiB. `end` is exclusive. */
export async function* readFileRange(
  deps: Pick<EvidenceDeps, 'blobs'>,
  file: Pick<OriginalFileRow, 'municipality' | 'recording' | 'object' | 'size_bytes' | 'block_sha256' | 'blocks'>,
  dataKey: Uint8Array,
  range: { readonly start: number; readonly end: number; readonly blockBytes: number },
): AsyncGenerator<Uint8Array> {
  const { blockBytes } = range
  const end = Math.min(range.end, file.size_bytes)
  const hashes = blockHashes(file)
  for (let at = range.start; at < end; ) {
    const block = Math.floor(at / blockBytes)
    const from = block * blockBytes
    const to = Math.min(end, from + blockBytes)
    const key = fileBlockKey({ ...file, block, sha256: hashes[block] ?? '' })
    yield* deps.blobs.read(key, dataKey, { start: at - from, end: to - from })
    at = to
  }
}
