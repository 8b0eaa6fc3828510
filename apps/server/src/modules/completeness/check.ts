/**
 * `sereno check` for completeness (I-5): no alarm without an explanation, explanations have their entries, the last
 * reconciliation is recent and found nothing, and the storage lasts for two weeks.
 */
import { sql } from 'kysely'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import type { Checker } from '../../kernel/checker.ts'
import type { CompletenessDeps } from './door.ts'
import { forecast } from './forecast.ts'
import { liveGaps } from './gaps.ts'
import { newestReport } from './read.ts'

const reportWithinMs = 48 * 3_600_000
const warnBelowDays = 14

export function checkCompleteness(deps: CompletenessDeps): Checker {
  return {
    name: 'completeness',
    async run(report) {
      const municipality = deps.identity.municipality()
      if (municipality === null) {
        return { examined: 0 }
      }
      const scope = { municipality: municipality.id, actor: systemActor(municipality.id) }
      const gaps = await liveGaps(deps.database.db, scope)
      for (const { kind, code, first, last } of gaps.filter(({ state }) => state === 'open')) {
        report({ code: `completeness.${kind}-gap`, detail: `${code} ${first}–${last}` })
      }
      const orphans = await sql<{ id: string }>`
        select id from sequence_gap where state = 'explained' and explained_entry is null
        union all select id from footage_demand where state = 'explained' and explained_entry is null`.execute(
        deps.database.db,
      )
      for (const { id } of orphans.rows) {
        report({ code: 'completeness.explained-without-entry', detail: id })
      }
      const newest = await newestReport(deps, scope)
      for (const found of newest?.findings ?? []) {
        if (await stands(deps, scope, found)) {
          report({ code: `completeness.${found.code}`, detail: found.detail })
        }
      }
      if (newest !== null && newest.startedAt < deps.clock.nowMs() - reportWithinMs) {
        report({ code: 'completeness.not-reconciled', detail: new Date(newest.startedAt).toISOString() })
      }
      const { fullInDays } = await forecast(deps, scope)
      if (fullInDays !== null && fullInDays < warnBelowDays) {
        report({ code: 'completeness.storage-full-soon', detail: `full in ${fullInDays} days at this rate` })
      }
      return { examined: gaps.length + (newest?.expected ?? 0) + 1 }
    },
  }
}

/**
 * What the night found of an object may have settled since: a phone has sent again what a crash had left without a row, or a
 * person has put back what was missing. Any object by that name is not that: it opens, and is what was signed.
 */
async function stands(
  { blobs, evidence }: Pick<CompletenessDeps, 'blobs' | 'evidence'>,
  { municipality }: Scope,
  { code, detail: key }: { readonly code: string; readonly detail: string },
): Promise<boolean> {
  if (code !== 'object-orphaned' && code !== 'object-missing') {
    return true
  }
  const { isExpected, isRight } = evidence.expected
  return code === 'object-orphaned'
    ? (await blobs.exists(key)) && !(await isExpected(municipality, key))
    : (await isExpected(municipality, key)) && !(await isRight(municipality, key))
}
