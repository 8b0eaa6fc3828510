import { hourAndMinute } from '@sereno/text'
import { sql } from 'kysely'
import { systemActor } from '../../kernel/actor.ts'
import { checkCompleteness } from './check.ts'
import { judgeDemands, listenForDemands } from './demand.ts'
import { type Completeness, type CompletenessDeps, completenessDefaults } from './door.ts'
import { completenessFiles } from './files.ts'
import { syncGaps } from './gaps.ts'
import { dayOf, enterHeads } from './heads.ts'
import { reconcile } from './reconcile.ts'
import { completenessRoutes } from './routes.ts'

export type { Completeness, CompletenessDeps } from './door.ts'

export const completenessMigrations = { module: 'completeness', folder: new URL('./migrations/', import.meta.url) }

/** Whether anything is missing, and that anybody can find out. */
export function createCompleteness(deps: CompletenessDeps): Completeness {
  const settings = { ...completenessDefaults, ...deps.completenessSettings }
  let underWay: Promise<void> | null = null
  listenForDemands(deps, settings)

  const here = (work: (municipality: string) => Promise<unknown>) => async (): Promise<void> => {
    const municipality = deps.identity.municipality()
    if (municipality !== null) {
      await work(municipality.id)
    }
  }

  // Two at once would read everything twice: who asks meanwhile waits for the one under way.
  function once(municipality: string): Promise<void> {
    underWay ??= reconcile(deps, settings, municipality)
      .then(() => undefined)
      .finally(() => {
        underWay = null
      })
    return underWay
  }

  /** Once each local day from an hour of the night on; the first time at once. */
  async function nightly(municipality: string): Promise<void> {
    const now = deps.clock.nowMs()
    const zone = deps.identity.municipality()?.timeZone ?? 'America/Lima'
    const found = await sql<{ day: string }>`select day from reconciliation where municipality = ${municipality}::uuid
      order by started_at desc limit 1`.execute(deps.database.db)
    const last = found.rows[0]?.day
    const isNight = Number(hourAndMinute(now, zone, 'en').slice(0, 2)) >= settings.reconcileFromHour
    if (last === undefined || (last !== dayOf(deps, now) && isNight)) {
      await once(municipality)
    }
  }

  return {
    routes: completenessRoutes(deps, settings, once),
    timers: [
      { name: 'completeness.heads', everyMs: settings.headsEveryMs, run: here((id) => enterHeads(deps, id)) },
      {
        name: 'completeness.gaps',
        everyMs: settings.gapsEveryMs,
        run: here((id) => syncGaps(deps, settings, { municipality: id, actor: systemActor(id) })),
      },
      {
        name: 'completeness.demands',
        everyMs: settings.gapsEveryMs,
        run: here((id) => judgeDemands(deps, { municipality: id, actor: systemActor(id) })),
      },
      { name: 'completeness.reconcile', everyMs: settings.reconcileEveryMs, run: here(nightly) },
    ],
    check: checkCompleteness(deps),
    files: completenessFiles(deps, settings),
    reconcile: once,
  }
}
