/** What evidence does by itself, again and again. */
import { sql } from 'kysely'
import type { Cron } from '../../kernel/checker.ts'
import { Unavailable } from '../../kernel/errors.ts'
import type { EvidenceDeps, EvidenceSettings } from './deps.ts'
import type { Heads } from './heads.ts'
import { placeRecordings } from './place.ts'
import type { Seal } from './seal.ts'
import type { Strangers } from './strangers.ts'

const perRun = 50
/** A supplement waits until nothing has come for this long, so that a late batch gets one, not fifty. */
const supplementAfterMs = 30_000

type Parts = { readonly seal: Seal; readonly heads: Heads; readonly strangers: Strangers }
type Due = { readonly municipality: string; readonly id: string }

export function evidenceTimers(deps: EvidenceDeps, settings: EvidenceSettings, parts: Parts): readonly Cron[] {
  const db = deps.database.db

  async function each(due: readonly Due[], what: string, work: (one: Due) => Promise<unknown>): Promise<void> {
    for (const one of due) {
      try {
        await work(one)
      } catch (problem) {
        // One that cannot be done now must not keep the others waiting; it comes again.
        if (problem instanceof Unavailable) {
          deps.log.debug({ recording: one.id, what: problem.what }, `evidence: ${what} waits`)
        } else {
          deps.log.error({ err: problem, recording: one.id }, `evidence: ${what} failed`)
        }
      }
    }
  }

  async function seal(): Promise<void> {
    const due = await sql<Due>`select municipality, id from recording
      where state = 'stopped' and quarantine is null and destroyed_at is null and (init_stored or segments = 0)
        and statements = highest_sequence + 1 and stop_sequence = highest_sequence
      order by received_at limit ${perRun}`.execute(db)
    await each(due.rows, 'seal', (one) => parts.seal.automatic(one.municipality, one.id))
  }

  async function supplement(): Promise<void> {
    const before = deps.clock.nowMs() - supplementAfterMs
    const due = await sql<Due>`select distinct r.municipality, r.id from capture_statement c
      join recording r on r.municipality = c.municipality and r.id = c.recording
      where c.supplement = 0 and r.received_at < ${before}::bigint limit ${perRun}`.execute(db)
    await each(due.rows, 'supplement', (one) => parts.seal.supplement(one.municipality, one.id))
  }

  return [
    { name: 'evidence.seal', everyMs: settings.sealEveryMs, run: seal },
    { name: 'evidence.supplement', everyMs: 10_000, run: supplement },
    { name: 'evidence.heads', everyMs: settings.headsEveryMs, run: () => parts.heads.advance() },
    { name: 'evidence.cover', everyMs: settings.coverEveryMs, run: () => parts.heads.cover() },
    { name: 'evidence.places', everyMs: 15_000, run: () => placeRecordings(deps) },
    { name: 'evidence.strangers', everyMs: 10_000, run: () => parts.strangers.flush() },
  ]
}
