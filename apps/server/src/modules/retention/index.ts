import { systemActor } from '../../kernel/actor.ts'
import { listen, reconcile } from './assign.ts'
import { proposeDue } from './batch.ts'
import { applyRipe } from './change.ts'
import { checkRetention } from './check.ts'
import { createDestroy } from './destroy.ts'
import { type Retention, type RetentionDeps, retentionDefaults } from './door.ts'
import { forgetLooks } from './forget.ts'
import { closeWitnessed, heldBack } from './freeze.ts'
import { releaseWitnessed } from './hold.ts'
import { replay } from './replay.ts'
import { retentionRoutes } from './routes.ts'
import { seedDemonstration } from './seed.ts'
import { openTombstones } from './tombstones.ts'

export type { Retention, RetentionDeps, RetentionSettings } from './door.ts'

const soonMs = 30_000

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

  // Soon after a start, for recordings from before this module listened; then now and then.
  let reconciledAt: number | null = null
  async function reconcileNow(municipality: string): Promise<void> {
    const nowMs = deps.clock.monotonicMs()
    if (reconciledAt === null || nowMs - reconciledAt >= settings.reconcileEveryMs) {
      reconciledAt = nowMs
      await reconcile(deps, { municipality, actor: systemActor(municipality) })
    }
  }

  return {
    routes: retentionRoutes(deps, settings),
    timers: [
      { name: 'retention.changes', everyMs: settings.advanceEveryMs, run: here((id) => applyRipe(deps, id)) },
      { name: 'retention.releases', everyMs: settings.advanceEveryMs, run: here((id) => releaseWitnessed(deps, id)) },
      { name: 'retention.closings', everyMs: settings.advanceEveryMs, run: here((id) => closeWitnessed(deps, id)) },
      {
        name: 'retention.reconcile',
        everyMs: soonMs,
        run: here(reconcileNow),
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
    tombstones: tombstones.read,
    holdsOf: (scope, recording) => heldBack(deps, scope, recording),
    seedDemonstration: (municipality) => seedDemonstration(deps, municipality),
  }
}
