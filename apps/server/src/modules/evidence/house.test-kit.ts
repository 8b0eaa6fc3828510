/** An installation up to evidence for this module's tests: PostgreSQL, signer and HTTP are real, the clock is ours. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyRequest } from 'fastify'
import type { Finding } from '../../kernel/checker.ts'
import {
  type People,
  peopleOf,
  startTestInstallation,
  type TestClock,
  type TestInstallation,
  testClock,
} from '../../test-kit/index.ts'
import { createFleet, fleetMigrations } from '../fleet/index.ts'
import { createIdentity, identityMigrations } from '../identity/index.ts'
import { createLedger, type Ledger, ledgerMigrations } from '../ledger/index.ts'
import { createTerritory, territoryMigrations } from '../territory/index.ts'
import { createTracks, type Tracks, tracksMigrations } from '../tracks/index.ts'
import type { EvidenceDeps, EvidenceSettings, PackageExtras } from './deps.ts'
import type { FakePhone } from './evidence.test-kit.ts'
import { createEvidence, type Evidence, evidenceMigrations } from './index.ts'
import { phonesFor } from './issued-phone.test-kit.ts'

export { type Json, need, type Person, type Said, saidOf } from '../../test-kit/index.ts'

export type House = Pick<People, 'call' | 'person'> & {
  readonly evidence: Evidence
  /** What evidence itself was given, for its parts by themselves. */
  readonly deps: EvidenceDeps
  readonly ledger: Ledger
  readonly tracks: Tracks
  readonly clock: TestClock
  readonly kernel: TestInstallation<object>['kernel']
  readonly owner: TestInstallation<object>['database']['owner']
  /** Enrolled, issued to a new officer, shift started. `issued: false` stops after the enrolment. */
  readonly phone: (options?: { readonly issued?: boolean }) => Promise<FakePhone>
  readonly tick: () => Promise<void>
  readonly findings: () => Promise<readonly Finding[]>
  readonly listen: () => Promise<string>
  readonly settle: () => Promise<void>
  readonly close: () => Promise<void>
}

export async function openHouse(
  settings: Partial<EvidenceSettings> = {},
  diskSpace?: () => { readonly freeBytes: number; readonly sizeBytes: number },
  packageExtras?: PackageExtras,
): Promise<House> {
  const clock = testClock()
  const installation = await startTestInstallation({
    clock,
    ...(diskSpace === undefined ? {} : { diskSpace }),
    migrations: [
      ledgerMigrations,
      identityMigrations,
      territoryMigrations,
      fleetMigrations,
      tracksMigrations,
      evidenceMigrations,
    ],
    compose(kernel) {
      mkdirSync(join(kernel.config.dataFolder, 'footage'), { recursive: true })
      const ledger = createLedger(kernel)
      const identity = createIdentity({ ...kernel, ledger })
      const territory = createTerritory({ ...kernel, ledger, identity })
      const fleet = createFleet({ ...kernel, ledger, identity, territory })
      const tracks = createTracks({ ...kernel, ledger, fleet })
      const evidenceDeps: EvidenceDeps = {
        ...kernel,
        ledger,
        identity,
        territory,
        fleet,
        tracks,
        evidenceSettings: settings,
        ...(packageExtras === undefined ? {} : { packageExtras }),
      }
      const evidence = createEvidence(evidenceDeps)
      return {
        ledger,
        identity,
        tracks,
        evidence,
        evidenceDeps,
        routes: [ledger, identity, territory, fleet, tracks, evidence].map(({ routes }) => routes),
        permits: identity.permits,
        timers: [...evidence.timers, ...ledger.timers, ...tracks.timers],
        authenticate: async (request: FastifyRequest) => {
          const token = /^Device (.+)$/.exec(request.headers.authorization ?? '')?.[1]
          return token === undefined ? identity.authenticate(request) : fleet.authenticateDevice(token)
        },
        async start() {
          for (const module of [ledger, identity, fleet, tracks, evidence]) {
            await module.start()
          }
        },
      }
    },
  })
  const { app, parts, events, kernel, database } = installation
  const { ledger, identity, tracks, evidence } = parts
  await identity.seedDemonstration()
  await ledger.start()

  const { call, person } = peopleOf(app, identity.linkFor)

  return {
    evidence,
    deps: parts.evidenceDeps,
    ledger,
    tracks,
    clock,
    kernel,
    owner: database.owner,
    call,
    person,
    phone: phonesFor({ call, person }, clock),
    tick: installation.tick,
    listen: installation.listen,
    settle: events.settle,
    async findings() {
      const found: Finding[] = []
      await evidence.check.run((finding) => found.push(finding))
      return found
    },
    close: installation.close,
  }
}
