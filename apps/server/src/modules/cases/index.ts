import { checkCases } from './check.ts'
import { escalate } from './clock.ts'
import { seedCase } from './demonstration.ts'
import type { Cases, CasesDeps } from './door.ts'
import { guestRoutes } from './guest-routes.ts'
import { expireLive } from './live-share.ts'
import { prepareHandOvers } from './prepare.ts'
import { caseRoutes } from './routes.ts'
import { expireShares } from './share.ts'
import { isOpenCase, openCasesWith } from './store.ts'
import { forgetDerivatives } from './store-copies.ts'

export type { Cases, CasesDeps } from './door.ts'

export const casesMigrations = { module: 'cases', folder: new URL('./migrations/', import.meta.url) }

const prepareEveryMs = 2_000
const expireEveryMs = 1_000
const escalateEveryMs = 30_000
const seedEveryMs = 20_000

/** Cases, clips, hand-overs and what outside accounts see of them. */
export function createCases(deps: CasesDeps): Cases {
  const { db } = deps.database
  let isSeeded = !deps.config.demonstration

  const seedDemonstration: Cases['seedDemonstration'] = (municipality) => seedCase(deps, municipality)

  // A recording's end takes its clips and stills along: their bytes go with its key, their titles here.
  deps.evidence.erase.onErase((scope, recording) => forgetDerivatives(db, scope, recording, deps.clock.nowMs()))
  return {
    routes: [caseRoutes(deps), guestRoutes(deps)],
    sockets: [
      {
        path: '/api/guest/live',
        access: 'shared.live',
        open: (socket, { actor, query }) => deps.live.guests.view(socket, actor, query.grant ?? ''),
      },
    ],
    timers: [
      { name: 'cases.prepare', everyMs: prepareEveryMs, run: () => prepareHandOvers(deps) },
      {
        name: 'cases.expire',
        everyMs: expireEveryMs,
        async run() {
          await expireLive(deps)
          await expireShares(deps)
        },
      },
      { name: 'cases.escalate', everyMs: escalateEveryMs, run: () => escalate(deps) },
      {
        name: 'cases.demonstration',
        everyMs: seedEveryMs,
        async run() {
          const home = deps.identity.municipality()
          if (!isSeeded && home?.fictitious === true) {
            isSeeded = await seedDemonstration(home.id)
          }
        },
      },
    ],
    check: checkCases(deps),
    async freezesOf(scope, recording) {
      const codes = await openCasesWith(db, scope, recording)
      return codes.map((reference) => ({ reason: 'case', reference }))
    },
    isOpen: (scope, code) => isOpenCase(db, scope, code),
    seedDemonstration,
  }
}
