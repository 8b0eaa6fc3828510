/**
 * What the entries about a destroyed recording go on saying. Each is one transaction with its own entry; repeating is
 * nothing. The leaves stay in any case, and prove that there was an entry.
 *
 *  - with the recording: what people wrote about it (marks, category, note) and where it began
 *  - two years later (DS 016-2024-JUS art. 46.3: logs of access are kept so long): everything but the record of its end
 */
import { sql } from 'kysely'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { endOfTerm } from './calendar.ts'
import type { RetentionDeps } from './door.ts'
import { timeZoneOf } from './four-eyes.ts'
import { legalNumber } from './profile.ts'
import { pe2026 } from './profile-pe-2026.ts'
import { changeRetained } from './store-retained.ts'
import type { RetainedRow } from './tables.ts'

const words: ReadonlySet<string> = new Set(['recording.marked', 'recording.categorised'])
const isRecordOfItsEnd = (kind: string): boolean =>
  kind.startsWith('hold.') ||
  kind.startsWith('freeze.') ||
  kind.startsWith('destruction.') ||
  kind.startsWith('recording.destroy')

export async function forgetWords(deps: RetentionDeps, tx: Db, scope: Scope, recording: string): Promise<void> {
  await deps.ledger.destroyOpenings(tx, scope, `recording:${recording}`, {
    reason: 'recording.destroyed',
    keepKinds: await kindsOf(deps, scope, recording, (kind) => !words.has(kind)),
  })
}

export async function forgetLooks(deps: RetentionDeps, municipality: string): Promise<void> {
  const scope = { municipality, actor: systemActor(municipality) }
  const nowMs = deps.clock.nowMs()
  const years = { unit: 'year', count: legalNumber(pe2026, 'access-log') } as const
  const old = await sql<RetainedRow>`select * from retained where municipality = ${municipality}::uuid
    and destroyed_at is not null and forgotten_at is null
    order by destroyed_at limit 500`.execute(deps.database.db)
  for (const row of old.rows) {
    if (row.destroyed_at !== null && endOfTerm(row.destroyed_at, years, timeZoneOf(deps)) <= nowMs) {
      await deps.database.transaction(async (tx) => {
        await deps.ledger.destroyOpenings(tx, scope, `recording:${row.recording}`, {
          reason: 'DS 016-2024-JUS 46.3',
          keepKinds: await kindsOf(deps, scope, row.recording, isRecordOfItsEnd),
        })
        await changeRetained(tx, scope, row.recording, { forgotten_at: nowMs })
      })
    }
  }
}

/** The kinds of its entries that keep their fields: by what it has, so that a kind unknown here is judged like any other. */
async function kindsOf(
  deps: RetentionDeps,
  scope: Scope,
  recording: string,
  keeps: (kind: string) => boolean,
): Promise<readonly string[]> {
  const entries = await deps.ledger.entriesOf(scope, `recording:${recording}`)
  return [...new Set(entries.map(({ kind }) => kind))].filter(keeps)
}
