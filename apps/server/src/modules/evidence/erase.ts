/**
 * How a recording ends (design §3, step 10). Only the module that decided its destruction calls this, and it keeps the
 * order; every step may be repeated after a crash:
 *
 *  1. condemn    in the decision's own transaction: from its commit nothing opens the recording any more
 *  2. key        the signer destroys the data key, fsynced: crypto-erasure      crash before: condemned, repeated
 *  3. bytes      its objects, and what is listed under `derivatives/<recording>/`
 *  4. rows       what says where, and what people wrote about it; positions of its time that no other recording needs
 *
 * What stays: that it existed, its statements and manifest (hashes, no picture, no place), its custody.
 */
import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Tracks } from '../tracks/index.ts'
import { changeRecording, lockRecording } from './store.ts'
import type { RecordingRow } from './tables.ts'

/** What whoever decides about a recording's end has to know of it. */
export type Retainable = {
  readonly id: string
  readonly code: string
  readonly deviceCode: string
  readonly category: RecordingRow['category']
  readonly sealed: boolean
  readonly startedAt: number
  readonly endedAt: number
  readonly sealedAt: number | null
  readonly sizeBytes: number
  readonly manifestSha256: string | null
  readonly destroyedAt: number | null
  readonly held: boolean
}

/** Lets go of what another module keeps beside a recording. May be called again after a crash. */
export type LetGo = (scope: Scope, recording: string) => Promise<void>

export type Erase = {
  /** Locks the recording until the transaction ends. Null when the municipality has none such. */
  readonly lock: (tx: Db, scope: Scope, recording: string) => Promise<Retainable | null>
  readonly condemn: (tx: Db, scope: Scope, recording: string, atMs: number) => Promise<void>
  readonly key: (recording: string) => Promise<void>
  /** Answers how many objects it removed. */
  readonly bytes: (scope: Scope, recording: string) => Promise<number>
  readonly rows: (scope: Scope, recording: string) => Promise<void>
  /** A destroyed recording that still has its key, or an object. */
  readonly remains: (scope: Scope, recording: string) => Promise<readonly ('key' | 'object')[]>
  /** Sealed recordings (destroyed ones too) in order of id, for whoever keeps their deadlines. */
  readonly retainable: (db: Db, scope: Scope, after: string | null, limit: number) => Promise<readonly Retainable[]>
  readonly retainableOf: (db: Db, scope: Scope, recording: string) => Promise<Retainable | null>
  /** Shown in lists; decided by whoever places and releases holds. */
  readonly markHeld: (tx: Db, scope: Scope, recording: string, held: boolean) => Promise<void>
  /** Recordings that are marked so, whatever their state; no destroyed one. */
  readonly markedHeld: (db: Db, scope: Scope) => Promise<readonly string[]>
  readonly onErase: (letGo: LetGo) => void
  /** Whether this process destroyed its key: whoever remembers keys must not use that one any more. */
  readonly isErased: (recording: string) => boolean
  /** Removes what an upload under way meanwhile left of a destroyed recording; nothing of any other. */
  readonly sweep: (scope: Scope, recording: string) => Promise<void>
}

type EraseDeps = Pick<Kernel, 'database' | 'blobs' | 'signer'> & { readonly tracks: Pick<Tracks, 'erase'> }

const columns = sql.raw(`id, code, device_code, category, state, started_at, ended_at, sealed_at, size_bytes,
  manifest_sha256, destroyed_at, held`)
const hourMs = 3_600_000

export function createErase(deps: EraseDeps): Erase {
  const db = deps.database.db
  const others: LetGo[] = []
  const erased = new Set<string>()

  // By folder, not by row: an upload that was never acknowledged left an object without one.
  async function* objects(scope: Scope, recording: string): AsyncGenerator<string> {
    const { municipality } = scope
    const hours = await sql<{ hour: number }>`select distinct captured_at / ${hourMs}::bigint as hour
      from capture_statement where municipality = ${municipality}::uuid and recording = ${recording}::uuid`.execute(db)
    const folders = ['init', ...hours.rows.map(({ hour }) => String(Math.max(0, hour)))]
    for (const folder of folders) {
      yield* deps.blobs.list(`${municipality}/${folder}/${recording}-`)
    }
    yield* deps.blobs.list(`${municipality}/files/${recording}/`)
    yield* deps.blobs.list(`derivatives/${recording}/`)
  }

  async function removeObjects(scope: Scope, recording: string): Promise<number> {
    let removed = 0
    for await (const key of objects(scope, recording)) {
      await deps.blobs.remove(key)
      removed += 1
    }
    return removed
  }

  async function select(from: Db, scope: Scope, recording: string): Promise<Retainable | null> {
    const found = await sql<RecordingRow>`select ${columns} from recording
      where municipality = ${scope.municipality}::uuid and id = ${recording}::uuid`.execute(from)
    const row = found.rows[0]
    return row === undefined ? null : retainable(row)
  }

  /** The time of this recording without that of others of the same device which are still kept. */
  async function aloneOf(row: RecordingRow): Promise<readonly { readonly fromMs: number; readonly toMs: number }[]> {
    const kept = await sql<{ started_at: number; ended_at: number }>`select started_at, ended_at from recording
      where municipality = ${row.municipality}::uuid and device = ${row.device}::uuid and id <> ${row.id}::uuid
        and destroyed_at is null and started_at <= ${row.ended_at}::bigint and ended_at >= ${row.started_at}::bigint
      order by started_at`.execute(db)
    let fromMs = row.started_at
    const alone: { fromMs: number; toMs: number }[] = []
    for (const other of kept.rows) {
      alone.push({ fromMs, toMs: other.started_at - 1 })
      fromMs = Math.max(fromMs, other.ended_at + 1)
    }
    alone.push({ fromMs, toMs: row.ended_at })
    return alone.filter((stretch) => stretch.fromMs <= stretch.toMs)
  }

  return {
    async lock(tx, scope, recording) {
      const found = await sql<RecordingRow>`select ${columns} from recording
        where municipality = ${scope.municipality}::uuid and id = ${recording}::uuid for update`.execute(tx)
      const row = found.rows[0]
      return row === undefined ? null : retainable(row)
    },
    async condemn(tx, scope, recording, atMs) {
      const { municipality } = scope
      await changeRecording(tx, scope, recording, { destroyed_at: atMs, held: false })
      await sql`update look set closed_at = ${atMs}::bigint where municipality = ${municipality}::uuid
        and recording = ${recording}::uuid and closed_at is null`.execute(tx)
      // A package that was promised is not sent any more; its plan quotes names and places.
      await sql`delete from evidence_export where municipality = ${municipality}::uuid
        and recording = ${recording}::uuid`.execute(tx)
    },
    async key(recording) {
      erased.add(recording)
      await deps.signer.destroyDataKey(recording)
    },
    isErased: (recording) => erased.has(recording),
    async sweep(scope, recording) {
      if ((await select(db, scope, recording))?.destroyedAt != null) {
        await removeObjects(scope, recording)
      }
    },
    async bytes(scope, recording) {
      const removed = await removeObjects(scope, recording)
      for (const letGo of others) {
        await letGo(scope, recording)
      }
      return removed
    },
    async rows(scope, recording) {
      const { municipality } = scope
      const found = await sql<RecordingRow>`select * from recording
        where municipality = ${municipality}::uuid and id = ${recording}::uuid`.execute(db)
      const row = found.rows[0]
      if (row === undefined) {
        return
      }
      const alone = await aloneOf(row)
      await deps.database.transaction(async (tx) => {
        await lockRecording(tx, scope, recording)
        await sql`delete from position_opening where municipality = ${municipality}::uuid
          and recording = ${recording}::uuid`.execute(tx)
        await sql`delete from marker where municipality = ${municipality}::uuid
          and recording = ${recording}::uuid`.execute(tx)
        await changeRecording(tx, scope, recording, { longitude: null, latitude: null, note: null })
        for (const { fromMs, toMs } of alone) {
          await deps.tracks.erase(tx, row.device, fromMs, toMs)
        }
      })
    },
    async remains(scope, recording) {
      const left: ('key' | 'object')[] = []
      if (await deps.signer.hasDataKey(recording)) {
        left.push('key')
      }
      for await (const _ of objects(scope, recording)) {
        left.push('object')
        break
      }
      return left
    },
    async retainable(from, scope, after, limit) {
      const found = await sql<RecordingRow>`select ${columns} from recording
        where municipality = ${scope.municipality}::uuid and state = 'sealed'
          and ${after === null ? sql`true` : sql`id > ${after}::uuid`}
        order by id limit ${limit}`.execute(from)
      return found.rows.map(retainable)
    },
    retainableOf: select,
    async markHeld(tx, scope, recording, held) {
      await changeRecording(tx, scope, recording, { held })
    },
    async markedHeld(from, { municipality }) {
      const found = await sql<{ id: string }>`select id from recording where municipality = ${municipality}::uuid
        and held and destroyed_at is null`.execute(from)
      return found.rows.map(({ id }) => id)
    },
    onErase(letGo) {
      others.push(letGo)
    },
  }
}

function retainable(row: RecordingRow): Retainable {
  return {
    id: row.id,
    code: row.code,
    deviceCode: row.device_code,
    category: row.category,
    sealed: row.state === 'sealed',
    startedAt: row.started_at,
    endedAt: row.ended_at,
    sealedAt: row.sealed_at,
    sizeBytes: row.size_bytes,
    manifestSha256: row.manifest_sha256,
    destroyedAt: row.destroyed_at,
    held: row.held,
  }
}
