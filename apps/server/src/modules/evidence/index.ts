import { mayDo } from './access.ts'
import { createCheck } from './check.ts'
import { createCustody } from './custody.ts'
import { type EvidenceDeps, evidenceDefaults } from './deps.ts'
import type { Evidence } from './door.ts'
import { createErase } from './erase.ts'
import { createExpected } from './expected.ts'
import { createExports } from './export.ts'
import { createFiles } from './file-store.ts'
import { createFootage } from './footage.ts'
import { createSequences } from './gaps.ts'
import { createHeads } from './heads.ts'
import { createIngest } from './ingest.ts'
import { evidenceTimers } from './jobs.ts'
import { createLooks } from './look.ts'
import { createOffer } from './offer.ts'
import { createPhone } from './phone.ts'
import { evidenceRoutes } from './routes.ts'
import { createSeal } from './seal.ts'
import { createSos } from './sos.ts'
import { findRecording, receivingOf } from './store.ts'
import { createStrangers } from './strangers.ts'
import { viewOf } from './view.ts'

export type { EvidenceDeps } from './deps.ts'
export type { Evidence } from './door.ts'
export type { Retainable } from './erase.ts'
export { keyOrder } from './expected.ts'
export type { FileFacts, FileRecording } from './files.ts'
export type { Part, Parts } from './offer.ts'
export type { OriginalFileRow } from './tables.ts'

export const evidenceMigrations = { module: 'evidence', folder: new URL('./migrations/', import.meta.url) }

/** Recordings from the first upload to the package that anybody can verify. */
export function createEvidence(deps: EvidenceDeps): Evidence {
  const settings = { ...evidenceDefaults, ...deps.evidenceSettings }
  const db = deps.database.db
  const strangers = createStrangers(deps)
  const seal = createSeal(deps, settings)
  const heads = createHeads(deps)
  const looks = createLooks(deps, settings)
  const footage = createFootage(deps, looks)
  const exports = createExports(deps, settings)
  const erase = createErase(deps)
  const routes = evidenceRoutes(deps, {
    ingest: createIngest(deps, settings, { strangers, sos: createSos(deps), erase }),
    phone: createPhone(deps),
    custody: createCustody(deps),
    seal,
    looks,
    footage,
    exports,
  })
  const offer = createOffer(deps, { looks, footage, exports })
  return {
    routes,
    jobs: {},
    timers: evidenceTimers(deps, settings, { seal, heads, strangers }),
    check: createCheck(deps),
    start: async () => undefined,
    offer,
    erase,
    files: createFiles(deps),
    sequences: createSequences(db),
    expected: createExpected(deps),
    async through(scope, look) {
      const { row } = await looks.through(scope, look)
      return viewOf(row, mayDo(deps.identity, scope.actor, row), deps.clock.nowMs())
    },
    recordingOf: (device) => receivingOf(db, device),
    async recording(scope, id) {
      const row = await findRecording(db, scope, id)
      return row === null ? null : viewOf(row, mayDo(deps.identity, scope.actor, row), deps.clock.nowMs())
    },
  }
}
