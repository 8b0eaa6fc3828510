import { systemActor } from '../../kernel/actor.ts'
import { listen, reconcile } from './assign.ts'
import { proposeDue } from './batch.ts'
import { applyRipe } from './change.ts'
import { checkRetention } from './check.ts'
import { createDestroy } from './destroy.ts'
import { type Retention, type RetentionDeps, retentionDefaults } from './door.ts'
import { forgetLooks } from './forget.ts'
import { heldBack } from './freeze.ts'
import { releaseWitnessed } from './hold.ts'
import { replay } from './replay.ts'
import { retentionRoutes } from './routes.ts'
import { seedDemonstration } from './seed.ts'
import { openTombstones } from './tombstones.ts'

export type { Retention, RetentionDeps, RetentionSettings } from './door.ts'

export const retentionMigrations = { module: 'retention', folder: new URL('./migrations/', import.meta.url) }

/** How long recordings are kept, what holds them back, and how they end. */
export function createRetention(deps: RetentionDeps): Retention {
  const settings = { ...retentionDefaults, ...deps.retentionSettings }
  const tombstones = openTombstones(deps.config.dataFolder)
  const destroy = createDestroy(deps, settings, tombstones)
  listen(deps)

  /** Runs for the municipality, once there is one. */
  const here = (work: (municipality: string) => Promise<unknown>) => async (): Promise<void> => {
    const municipality = deps.identity.municipality()
    if (municipality !== null) {
      await work(municipality.id)
    }
  }

  return {
    routes: retentionRoutes(deps, settings),
    timers: [
      { name: 'retention.changes', everyMs: settings.advanceEveryMs, run: here((id) => applyRipe(deps, id)) },
      { name: 'retention.releases', everyMs: settings.advanceEveryMs, run: here((id) => releaseWitnessed(deps, id)) },
      {
        name: 'retention.reconcile',
        everyMs: settings.reconcileEveryMs,
        run: here((id) => reconcile(deps, { municipality: id, actor: systemActor(id) })),
      },
      { name: 'retention.forget', everyMs: settings.reconcileEveryMs, run: here((id) => forgetLooks(deps, id)) },
      {
        name: 'retention.propose',
        everyMs: settings.proposeEveryMs,
        run: here((id) => proposeDue(deps, settings, id)),
      },
      { name: 'retention.destroy', everyMs: settings.advanceEveryMs, run: here((id) => destroy.advance(id)) },
    ],
    check: checkRetention(deps, tombstones),
    files: [
      {
        url: '/log/tombstones',
        handle: async (_request, reply) =>
          reply
            .type('application/jsonl; charset=utf-8')
            .header('cache-control', 'no-cache')
            .header('access-control-allow-origin', '*')
            .send(await tombstones.text()),
      },
    ],
    start: here(async (municipality) => {
      await replay(deps, tombstones, municipality)
      await destroy.resume(municipality)
    }),
    holdsOf: (scope, recording) => heldBack(deps, scope, recording),
    seedDemonstration: (municipality) => seedDemonstration(deps, municipality),
  }
}
