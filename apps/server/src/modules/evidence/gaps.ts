/**
 * Counted sequences (I-5), read from the rows themselves and from no tally: which numbers of a device's counter and of a
 * recording's sequence have a signed statement, and which have none. By gaps and islands: numbers that follow one another
 * keep their distance from their place in the order.
 */
import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import type { RecordingRow } from './tables.ts'

/** Counters `first` to `last` (both included) of a device that stand in one recording without a break. */
export type CounterRange = {
  readonly device: string
  readonly recording: string
  readonly first: number
  readonly last: number
}
/** Sequences of a recording without a statement and without a declared gap. */
export type MissingRange = { readonly recording: string; readonly first: number; readonly last: number }
export type CountedRecording = Pick<
  RecordingRow,
  'id' | 'code' | 'device' | 'statements' | 'manifest_sha256' | 'destroyed_at' | 'received_at' | 'stop_sequence'
>

export type Sequences = {
  /** By device and first counter. */
  readonly ranges: (scope: Scope) => Promise<readonly CounterRange[]>
  readonly missing: (scope: Scope, limit: number) => Promise<readonly MissingRange[]>
  /** Without a signed stop, silent since the instant. */
  readonly unterminated: (scope: Scope, silentSinceMs: number, limit: number) => Promise<readonly CountedRecording[]>
  readonly recordings: (scope: Scope) => Promise<readonly CountedRecording[]>
  /** Whether a device recorded anything between the instants. */
  readonly recorded: (db: Db, scope: Scope, device: string, fromMs: number, toMs: number) => Promise<boolean>
  /** Bytes kept, and bytes received since the instant, with the first instant anything was. */
  readonly volume: (
    scope: Scope,
    sinceMs: number,
  ) => Promise<{ readonly storedBytes: number; readonly freshBytes: number; readonly firstAt: number | null }>
}

const columns = sql.raw('id, code, device, statements, manifest_sha256, destroyed_at, received_at, stop_sequence')

// Whole files are signed by whoever took them in, whose counter it is; the camera is only named.
const signer = sql`case when r.shape = 'files'
  then ((convert_from(decode(c.envelope::json ->> 'payload', 'base64'), 'utf8'))::json ->> 'device')::uuid
  else r.device end`

export function createSequences(db: Db): Sequences {
  return {
    async ranges({ municipality }) {
      const found = await sql<CounterRange>`
        select device, recording, min(counter) as first, max(counter) as last from (
          select device, recording, counter,
            counter - row_number() over (partition by device, recording order by counter) as island
          from (
            select distinct ${signer} as device, c.recording, c.counter from capture_statement c
            join recording r on r.municipality = c.municipality and r.id = c.recording
            where c.municipality = ${municipality}::uuid and c.quarantine is distinct from 'counter-jump'
          ) as counted
        ) as numbered group by device, recording, island order by device, first`.execute(db)
      return found.rows
    },
    async missing({ municipality }, limit) {
      const found = await sql<MissingRange>`
        with present as (
          select c.recording, c.sequence from capture_statement c
          join recording r on r.municipality = c.municipality and r.id = c.recording
          where c.municipality = ${municipality}::uuid and c.version = 0 and r.highest_sequence + 1 <> r.statements
          union
          select d.recording, d.sequence from declared_gap d where d.municipality = ${municipality}::uuid
        )
        select recording, first, last from (
          select recording, coalesce(lag(sequence) over (partition by recording order by sequence), -1) + 1 as first,
            sequence - 1 as last
          from present
        ) as hole where last >= first order by recording, first limit ${limit}`.execute(db)
      return found.rows
    },
    async unterminated({ municipality }, silentSinceMs, limit) {
      const found = await sql<CountedRecording>`select ${columns} from recording
        where municipality = ${municipality}::uuid and stop_sequence is null
          and received_at < ${silentSinceMs}::bigint order by received_at desc limit ${limit}`.execute(db)
      return found.rows
    },
    async recordings({ municipality }) {
      const found = await sql<CountedRecording>`select ${columns} from recording
        where municipality = ${municipality}::uuid order by id`.execute(db)
      return found.rows
    },
    async recorded(from, { municipality }, device, fromMs, toMs) {
      const found = await sql`select 1 from recording where municipality = ${municipality}::uuid
        and device = ${device}::uuid and started_at <= ${toMs}::bigint and ended_at >= ${fromMs}::bigint
        limit 1`.execute(from)
      return found.rows.length > 0
    },
    async volume({ municipality }, sinceMs) {
      const found = await sql<{ stored: number; fresh: number; first: number | null }>`
        select coalesce(sum(size_bytes), 0)::bigint as stored,
          coalesce(sum(size_bytes) filter (where received_at >= ${sinceMs}::bigint), 0)::bigint as fresh,
          min(received_at) as first
        from recording where municipality = ${municipality}::uuid and destroyed_at is null`.execute(db)
      const row = found.rows[0]
      return { storedBytes: row?.stored ?? 0, freshBytes: row?.fresh ?? 0, firstAt: row?.first ?? null }
    },
  }
}
