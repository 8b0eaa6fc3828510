/**
 * Keeps a batch of judged statements: one transaction for all of them. Everything here is SQL and the fold of the
 * pure domain; bytes and signatures have been dealt with before.
 *
 * The row of each recording is locked, in order of id, so that two batches (or a seal) never interleave on one
 * recording and never deadlock.
 */
import type { SeenCheckpoint } from '@sereno/proof'
import { sql } from 'kysely'
import type { Db } from '../../kernel/database.ts'
import { type Arrival, count, emptyTally, judgeArrival, type Quarantine, type Tally } from './evidence.ts'
import type { RecordingRow, StatementRow } from './tables.ts'

/** What a recording is when its first statement arrives. */
export type Origin = Pick<
  RecordingRow,
  | 'code'
  | 'device_code'
  | 'simulated'
  | 'officer'
  | 'officer_code'
  | 'officer_name'
  | 'shift'
  | 'quadrant'
  | 'quadrant_code'
  | 'longitude'
  | 'latitude'
  | 'sos'
>

/** A statement ready to be kept: verified, its media and init durable, its receipt signed. */
export type Incoming = {
  readonly row: Omit<StatementRow, 'version' | 'supplement' | 'quarantine'> & { readonly quarantine: Quarantine | null }
  readonly device: string
  readonly initSha256: string | null
  /** This upload carried the init segment, and it is stored. */
  readonly initStored: boolean
  /** Its counter may become the device's last. */
  readonly counts: boolean
  /** The newest checkpoint its device had seen, when our log does not contain it. */
  readonly otherLog: SeenCheckpoint | null
  /** Present when this process has not seen the recording yet. */
  readonly origin: Origin | null
}

export type Kept =
  | { readonly kind: 'foreign' }
  /** It was destroyed: nothing is added to it any more. */
  | { readonly kind: 'destroyed' }
  /** The recording is not there and no origin was given: ask again with one. */
  | { readonly kind: 'unknown-recording' }
  | {
      readonly kind: 'kept'
      readonly arrival: Arrival['kind']
      readonly version: number
      readonly receipt: string
      readonly state: RecordingRow['state']
      readonly quarantine: string | null
    }

export type KeptRecording = {
  readonly before: RecordingRow
  readonly after: RecordingRow
  readonly isNew: boolean
  readonly added: readonly Added[]
}
export type Added = { readonly incoming: Incoming; readonly quarantine: Quarantine | null }

export type Keep = { readonly outcomes: readonly Kept[]; readonly recordings: readonly KeptRecording[] }

type Held = Pick<StatementRow, 'recording' | 'sequence' | 'version' | 'statement_sha256' | 'receipt'>

/** @param signAgain a receipt that says "quarantined", for the rare statement whose conflict shows only here. */
export async function keep(
  tx: Db,
  batch: readonly Incoming[],
  signAgain: (incoming: Incoming) => Promise<string>,
): Promise<Keep> {
  const created = await createRecordings(tx, batch)
  const locked = await lockRecordings(tx, batch)
  const held = await heldStatements(tx, mayBeHeld(batch, locked))
  const working = new Map(locked.map((row) => [nameOf(row.municipality, row.id), openWork(row, created)]))
  const outcomes: Kept[] = []
  const inserts: StatementRow[] = []
  for (const incoming of batch) {
    const work = working.get(nameOf(incoming.row.municipality, incoming.row.recording))
    if (work === undefined) {
      outcomes.push({ kind: 'unknown-recording' })
    } else if (work.after.device !== incoming.device) {
      outcomes.push({ kind: 'foreign' })
    } else if (work.after.destroyed_at !== null) {
      outcomes.push({ kind: 'destroyed' })
    } else {
      outcomes.push(await take(work, incoming, held, inserts, signAgain))
    }
  }
  await insertStatements(tx, inserts)
  const changed = [...working.values()].filter((work) => work.added.length > 0 || work.initArrived)
  await updateRecordings(
    tx,
    changed.map((work) => work.after),
  )
  return { outcomes, recordings: changed }
}

type Work = {
  readonly before: RecordingRow
  after: RecordingRow
  readonly isNew: boolean
  readonly added: Added[]
  initArrived: boolean
}

function openWork(row: RecordingRow, created: ReadonlySet<string>): Work {
  const isNew = created.has(nameOf(row.municipality, row.id))
  return { before: row, after: row, isNew, added: [], initArrived: false }
}

async function take(
  work: Work,
  incoming: Incoming,
  held: Map<string, Held[]>,
  inserts: StatementRow[],
  signAgain: (incoming: Incoming) => Promise<string>,
): Promise<Kept> {
  const { row } = incoming
  const place = `${row.municipality} ${row.recording} ${row.sequence}`
  const there = held.get(place) ?? []
  const arrival = judgeArrival(
    row.statement_sha256,
    there.map((one) => ({ statementSha256: one.statement_sha256, version: one.version, receipt: one.receipt })),
  )
  noteInit(work, incoming)
  if (arrival.kind === 'known') {
    const version = there.find((one) => one.statement_sha256 === row.statement_sha256)?.version ?? 0
    return answer(work, 'known', version, arrival.receipt)
  }
  const version = arrival.kind === 'first' ? 0 : arrival.version
  const otherInit =
    incoming.initSha256 !== null && work.after.init_sha256 !== null && incoming.initSha256 !== work.after.init_sha256
  const quarantine: Quarantine | null =
    arrival.kind === 'conflict' ? 'equivocation' : otherInit ? 'other-init' : row.quarantine
  const receipt = quarantine !== null && row.quarantine === null ? await signAgain(incoming) : row.receipt
  inserts.push({ ...row, version, quarantine, receipt, supplement: work.after.state === 'sealed' ? 0 : null })
  held.set(place, [...there, { ...row, version, receipt }])
  work.added.push({ incoming, quarantine })
  const counted = arrival.kind === 'first' ? count(tallyOf(work.after), countedOf(row)) : tallyOf(work.after)
  work.after = {
    ...work.after,
    ...columnsOf(counted),
    quarantine: work.after.quarantine ?? quarantine,
    received_at: Math.max(work.after.received_at, row.received_at),
  }
  return answer(work, arrival.kind, version, receipt)
}

function answer(work: Work, arrival: Arrival['kind'], version: number, receipt: string): Kept {
  return { kind: 'kept', arrival, version, receipt, state: work.after.state, quarantine: work.after.quarantine }
}

// The first init segment named is the one; it is stored once it has come with any statement that names it.
function noteInit(work: Work, incoming: Incoming): void {
  if (incoming.initSha256 === null) {
    return
  }
  const initSha256 = work.after.init_sha256 ?? incoming.initSha256
  const stored = work.after.init_stored || (incoming.initStored && incoming.initSha256 === initSha256)
  if (initSha256 !== work.after.init_sha256 || stored !== work.after.init_stored) {
    work.after = { ...work.after, init_sha256: initSha256, init_stored: stored }
    work.initArrived = true
  }
}

function countedOf(row: Incoming['row']): Parameters<typeof count>[1] {
  return {
    sequence: row.sequence,
    kind: row.kind,
    capturedAt: row.captured_at,
    durationMs: row.duration_ms,
    sizeBytes: row.size_bytes,
    reason: row.reason,
  }
}

export function tallyOf(row: RecordingRow): Tally {
  if (row.statements === 0) {
    return { ...emptyTally(), state: row.state }
  }
  return {
    state: row.state,
    statements: row.statements,
    segments: row.segments,
    gaps: row.gaps,
    highestSequence: row.highest_sequence,
    stopSequence: row.stop_sequence,
    stopReason: row.stop_reason,
    sizeBytes: row.size_bytes,
    durationMs: row.duration_ms,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  }
}

function columnsOf(tally: Tally): Partial<RecordingRow> {
  return {
    state: tally.state,
    statements: tally.statements,
    segments: tally.segments,
    gaps: tally.gaps,
    highest_sequence: tally.highestSequence,
    stop_sequence: tally.stopSequence,
    stop_reason: tally.stopReason,
    size_bytes: tally.sizeBytes,
    duration_ms: tally.durationMs,
    started_at: tally.startedAt,
    ended_at: tally.endedAt,
  }
}

function nameOf(municipality: string, recording: string): string {
  return `${municipality} ${recording}`
}

/** Answers the names of those that were not there before. */
async function createRecordings(tx: Db, batch: readonly Incoming[]): Promise<ReadonlySet<string>> {
  const fresh = new Map<string, object>()
  for (const { row, device, origin } of batch) {
    const name = nameOf(row.municipality, row.recording)
    if (origin !== null && !fresh.has(name)) {
      const started = row.captured_at - row.duration_ms
      const times = { started_at: started, ended_at: row.captured_at, received_at: row.received_at }
      fresh.set(name, { municipality: row.municipality, id: row.recording, device, ...origin, ...times })
    }
  }
  if (fresh.size === 0) {
    return new Set()
  }
  const made = await sql<{ municipality: string; id: string }>`
    insert into recording (municipality, id, code, device, device_code, simulated, officer, officer_code, officer_name,
      shift, quadrant, quadrant_code, longitude, latitude, sos, state, started_at, ended_at, received_at,
      statements, segments, gaps, highest_sequence, size_bytes, duration_ms)
    select municipality, id, code, device, device_code, simulated, officer, officer_code, officer_name,
      shift, quadrant, quadrant_code, longitude, latitude, sos, 'receiving', started_at, ended_at, received_at,
      0, 0, 0, -1, 0, 0
    from json_to_recordset(${JSON.stringify([...fresh.values()])}::text::json) as r(
      municipality uuid, id uuid, code text, device uuid, device_code text, simulated boolean, officer uuid,
      officer_code text, officer_name text, shift uuid, quadrant uuid, quadrant_code text,
      longitude double precision, latitude double precision, sos boolean, started_at bigint, ended_at bigint, received_at bigint)
    order by id
    on conflict do nothing returning municipality, id`.execute(tx)
  return new Set(made.rows.map((row) => nameOf(row.municipality, row.id)))
}

async function lockRecordings(tx: Db, batch: readonly Incoming[]): Promise<readonly RecordingRow[]> {
  const wanted = new Map(
    batch.map(({ row }) => [nameOf(row.municipality, row.recording), { m: row.municipality, r: row.recording }]),
  )
  const found = await sql<RecordingRow>`
    select recording.* from recording
    join json_to_recordset(${JSON.stringify([...wanted.values()])}::text::json) as w(m uuid, r uuid)
      on recording.municipality = w.m and recording.id = w.r
    order by recording.id for update of recording`.execute(tx)
  return found.rows
}

// Above the highest sequence counted (every place is counted when it is first taken) there is nothing to be found.
function mayBeHeld(batch: readonly Incoming[], locked: readonly RecordingRow[]): readonly Incoming[] {
  const highest = new Map(locked.map((row) => [nameOf(row.municipality, row.id), row.highest_sequence]))
  return batch.filter(({ row }) => row.sequence <= (highest.get(nameOf(row.municipality, row.recording)) ?? -1))
}

async function heldStatements(tx: Db, batch: readonly Incoming[]): Promise<Map<string, Held[]>> {
  if (batch.length === 0) {
    return new Map()
  }
  const wanted = batch.map(({ row }) => ({ m: row.municipality, r: row.recording, s: row.sequence }))
  const found = await sql<Held & { municipality: string }>`
    select c.municipality, c.recording, c.sequence, c.version, c.statement_sha256, c.receipt
    from json_to_recordset(${JSON.stringify(wanted)}::text::json) as w(m uuid, r uuid, s integer)
    join capture_statement c on c.municipality = w.m and c.recording = w.r and c.sequence = w.s
    order by c.version`.execute(tx)
  const held = new Map<string, Held[]>()
  for (const row of found.rows) {
    const place = `${row.municipality} ${row.recording} ${row.sequence}`
    const there = held.get(place) ?? []
    // Two uploads of one place in a batch would find each row twice.
    if (!there.some((one) => one.version === row.version)) {
      held.set(place, [...there, row])
    }
  }
  return held
}

async function insertStatements(tx: Db, rows: readonly StatementRow[]): Promise<void> {
  if (rows.length === 0) {
    return
  }
  await sql`insert into capture_statement
    select * from json_populate_recordset(null::capture_statement, ${JSON.stringify(rows)}::text::json)`.execute(tx)
}

async function updateRecordings(tx: Db, rows: readonly RecordingRow[]): Promise<void> {
  if (rows.length === 0) {
    return
  }
  await sql`update recording set state = r.state, quarantine = r.quarantine, started_at = r.started_at,
      ended_at = r.ended_at, received_at = r.received_at, statements = r.statements, segments = r.segments,
      gaps = r.gaps, highest_sequence = r.highest_sequence, stop_sequence = r.stop_sequence,
      stop_reason = r.stop_reason, size_bytes = r.size_bytes, duration_ms = r.duration_ms,
      init_sha256 = r.init_sha256, init_stored = r.init_stored, covered_at = null
    from json_populate_recordset(null::recording, ${JSON.stringify(rows)}::text::json) as r
    where recording.municipality = r.municipality and recording.id = r.id`.execute(tx)
}
