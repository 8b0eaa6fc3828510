/**
 * Heads of growing recordings enter the ledger (design §4): whoever sees the head in a checkpoint knows that everything
 * up to it was not made after. A head names its statement; each statement names the one before, so one hash stands for
 * all of them. One entry for each recording, as often as the timer runs and only when it grew.
 *
 * A recording is *covered* once a published checkpoint holds an entry that stands for every statement received: then,
 * and not before, the phone may erase its copy.
 */
import { sql } from 'kysely'
import { systemActor } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import type { EvidenceDeps } from './deps.ts'
import { changeRecording, lockRecording, manifestsOf } from './store.ts'
import type { RecordingRow } from './tables.ts'

const perRun = 500
/** A recording that stays silent with something missing is left alone after this; the next upload wakes it. */
const patienceMs = 10 * 60_000

export type Heads = {
  /** Enters the heads of what grew. */
  readonly advance: () => Promise<void>
  /** Finds out what the newest checkpoint covers. */
  readonly cover: () => Promise<void>
}

export function createHeads(deps: EvidenceDeps): Heads {
  const db = deps.database.db

  /** Recordings that may have grown beyond the head last entered. */
  async function growing(): Promise<readonly RecordingRow[]> {
    const now = deps.clock.nowMs()
    const found = await sql<RecordingRow>`select * from recording
      where covered_at is null and destroyed_at is null and headed_sequence < highest_sequence
        and (headed_at is null or headed_at <= received_at or headed_at > ${now - patienceMs}::bigint)
      order by received_at desc limit ${perRun}`.execute(db)
    return found.rows
  }

  /** Finished recordings of which an entry may stand for everything. */
  async function finished(): Promise<readonly RecordingRow[]> {
    const found = await sql<RecordingRow>`select * from recording
      where covered_at is null and destroyed_at is null and state <> 'receiving'
        and (state = 'sealed' or (headed_sequence = highest_sequence and statements = highest_sequence + 1))
      order by received_at desc limit ${perRun}`.execute(db)
    return found.rows
  }

  async function advanceOne(waitingRow: RecordingRow): Promise<void> {
    const head = await contiguousHead(db, waitingRow)
    if (head === null) {
      return
    }
    const { municipality } = waitingRow
    const actor = systemActor(municipality)
    await deps.database.transaction(async (tx) => {
      const scope = { municipality, actor }
      const row = await lockRecording(tx, scope, waitingRow.id)
      if (head.sequence <= row.headed_sequence) {
        return
      }
      const now = deps.clock.nowMs()
      const entry = await deps.ledger.append(tx, {
        municipality,
        kind: 'recording.head',
        coarse: 'heads',
        subjects: [`recording:${row.id}`],
        actor,
        fields: { sequence: String(head.sequence), head: head.sha256 },
      })
      await changeRecording(tx, scope, row.id, {
        headed_sequence: head.sequence,
        headed_sha256: head.sha256,
        headed_entry: entry.id,
        headed_at: now,
      })
    })
  }

  async function coverOne(row: RecordingRow): Promise<void> {
    const entry = await standsForAll(row)
    if (entry === null || (await deps.ledger.proofOf(entry)) === null) {
      return
    }
    await sql`update recording set covered_at = ${deps.clock.nowMs()}::bigint
      where municipality = ${row.municipality}::uuid and id = ${row.id}::uuid
        and received_at = ${row.received_at}::bigint and statements = ${row.statements}`.execute(db)
  }

  /** The entry that stands for every statement received, or null while there is none. */
  async function standsForAll(row: RecordingRow): Promise<string | null> {
    const whole = row.statements === row.highest_sequence + 1
    if (row.headed_entry !== null && whole && row.headed_sequence === row.highest_sequence) {
      return row.headed_entry
    }
    if (row.state !== 'sealed') {
      return null
    }
    // A sealed recording with something missing: its newest manifest names all that arrived before it was signed.
    const scope = { municipality: row.municipality, actor: systemActor(row.municipality) }
    const newest = (await manifestsOf(db, scope, row.id)).at(-1)
    return newest === undefined || (await hasPending(row)) ? null : newest.entry
  }

  /** Something arrived after the newest manifest and waits for its supplement. */
  async function hasPending(row: RecordingRow): Promise<boolean> {
    const found = await sql`select 1 from capture_statement where municipality = ${row.municipality}::uuid
      and recording = ${row.id}::uuid and supplement = 0 limit 1`.execute(db)
    return found.rows.length > 0
  }

  return {
    async advance() {
      for (const row of await growing()) {
        await advanceOne(row)
      }
    },
    async cover() {
      for (const row of await finished()) {
        await coverOne(row)
      }
    },
  }
}

/** The last statement of the unbroken run from sequence 0, when it lies beyond the head already entered. */
async function contiguousHead(
  db: Db,
  row: RecordingRow,
): Promise<{ readonly sequence: number; readonly sha256: string } | null> {
  const found = await sql<{ sequence: number; statement_sha256: string }>`
    select sequence, statement_sha256 from (
      select sequence, statement_sha256, sequence - row_number() over (order by sequence) as step
      from capture_statement
      where municipality = ${row.municipality}::uuid and recording = ${row.id}::uuid and version = 0
        and sequence > ${row.headed_sequence}
    ) as run where step = ${row.headed_sequence}
    order by sequence desc limit 1`.execute(db)
  const last = found.rows[0]
  return last === undefined ? null : { sequence: last.sequence, sha256: last.statement_sha256 }
}
