/**
 * Refused uploads, counted per source and minute (design §4): whoever floods us writes one row a minute, not a ledger.
 */

import type { RefusalCode } from '@sereno/contracts'
import { sql } from 'kysely'
import { noMunicipality } from '../../kernel/actor.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'

export type Strangers = {
  readonly count: (source: string, code: RefusalCode) => void
  /** Writes what was counted; what a crash takes with it was never promised. */
  readonly flush: () => Promise<void>
}

/** Sources kept apart between two flushes; the rest is counted together. */
const maximumSources = 2_000

export function createStrangers(deps: { readonly database: Database; readonly clock: Clock }): Strangers {
  let counts = new Map<string, { source: string; code: string; minute_at: number; count: number }>()

  return {
    count(source, code) {
      const minuteAt = Math.floor(deps.clock.nowMs() / 60_000) * 60_000
      const known = counts.size < maximumSources || counts.has(`${source} ${code} ${minuteAt}`)
      const name = known ? source : 'others'
      const key = `${name} ${code} ${minuteAt}`
      const entry = counts.get(key) ?? { source: name, code, minute_at: minuteAt, count: 0 }
      counts.set(key, { ...entry, count: entry.count + 1 })
    },
    async flush() {
      if (counts.size === 0) {
        return
      }
      const rows = [...counts.values()]
      counts = new Map()
      await sql`insert into ingest_refusal (municipality, source, code, minute_at, count)
        select ${noMunicipality}::uuid, source, code, minute_at, count
        from json_to_recordset(${JSON.stringify(rows)}::text::json)
          as r(source text, code text, minute_at bigint, count integer)
        on conflict (municipality, minute_at, source, code)
        do update set count = ingest_refusal.count + excluded.count`.execute(deps.database.db)
    },
  }
}
