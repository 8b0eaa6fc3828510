/** An installation up to intake for tests: PostgreSQL, signer, HTTP and sandbox are real. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Role } from '@sereno/contracts'
import type { FastifyRequest } from 'fastify'
import type { Finding } from '../../kernel/checker.ts'
import { type Person, peopleOf, startTestInstallation } from '../../test-kit/index.ts'
import { createEvidence, evidenceMigrations } from '../evidence/index.ts'
import { createFleet, fleetMigrations } from '../fleet/index.ts'
import { createIdentity, identityMigrations } from '../identity/index.ts'
import { createLedger, ledgerMigrations } from '../ledger/index.ts'
import { createTerritory, territoryMigrations } from '../territory/index.ts'
import { createTracks, tracksMigrations } from '../tracks/index.ts'
import type { IntakeSettings } from './door.ts'
import { createIntake, intakeMigrations } from './index.ts'

export type Ask = Person['call']
export type IntakeHouse = Awaited<ReturnType<typeof openIntakeHouse>>

export async function openIntakeHouse(settings: Partial<IntakeSettings> = {}) {
  const installation = await startTestInstallation({
    migrations: [
      ledgerMigrations,
      identityMigrations,
      territoryMigrations,
      fleetMigrations,
      tracksMigrations,
      evidenceMigrations,
      intakeMigrations,
    ],
    compose(kernel) {
      mkdirSync(join(kernel.config.dataFolder, 'footage'), { recursive: true })
      const ledger = createLedger(kernel)
      const identity = createIdentity({ ...kernel, ledger })
      const territory = createTerritory({ ...kernel, ledger, identity })
      const fleet = createFleet({ ...kernel, ledger, identity, territory })
      const tracks = createTracks({ ...kernel, ledger, fleet })
      const left = { ...kernel, ledger, identity, territory, fleet, tracks }
      const evidence = createEvidence(left)
      const deps = { ...left, evidence, intakeSettings: settings }
      const intake = createIntake(deps)
      return {
        ledger,
        identity,
        fleet,
        evidence,
        intake,
        deps,
        routes: [ledger, identity, territory, fleet, tracks, evidence, intake].map((module) => module.routes),
        plugins: [intake.plugin],
        permits: identity.permits,
        timers: [...intake.timers, ...evidence.timers, ...ledger.timers],
        authenticate: async (request: FastifyRequest) => {
          const token = /^Device (.+)$/.exec(request.headers.authorization ?? '')?.[1]
          return token === undefined ? identity.authenticate(request) : fleet.authenticateDevice(token)
        },
        async start() {
          for (const module of [ledger, identity, fleet, tracks, evidence, intake]) {
            await module.start()
          }
        },
      }
    },
  })
  const { app, parts, kernel, database } = installation
  await parts.identity.seedDemonstration()
  await parts.ledger.start()

  const { person } = peopleOf(app, parts.identity.linkFor)

  return {
    kernel,
    app,
    owner: database.owner,
    deps: parts.deps,
    ledger: parts.ledger,
    fleet: parts.fleet,
    municipality: parts.identity.municipality()?.id ?? '',
    person: async (role: Role): Promise<Ask> => (await person(role)).call,
    tick: installation.tick,
    listen: installation.listen,
    dataFolder: installation.dataFolder,
    async findings(): Promise<readonly Finding[]> {
      const found: Finding[] = []
      for (const module of [parts.intake, parts.evidence, parts.fleet, parts.ledger]) {
        await module.check.run((finding) => found.push(finding), { full: true })
      }
      return found
    },
    async close() {
      await parts.intake.stop()
      await installation.close()
    },
  }
}

/** Asks again until the answer is there; a deadline for busy machines. */
export async function until<T>(
  ask: () => Promise<T | null | undefined | false>,
  what: string,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== null && answer !== undefined && answer !== false) {
      return answer
    }
    if (Date.now() > deadline) {
      throw new Error(`waited in vain: ${what}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
