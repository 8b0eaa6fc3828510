import type { RefusalCode } from '@sereno/contracts'
import { errorWords } from '@sereno/text'
import type { FastifyRequest } from 'fastify'
import { createBackups } from './backup/index.ts'
import { repositoryFolder } from './config.ts'
import type { Actor } from './kernel/actor.ts'
import type { Checker, Cron } from './kernel/checker.ts'
import type { PublicFile, RouteTable, SocketRoute } from './kernel/http.ts'
import type { Access } from './kernel/http-operation.ts'
import type { Words } from './kernel/http-problem.ts'
import type { JobTable } from './kernel/jobs.ts'
import type { Kernel } from './kernel/kernel.ts'
import type { Migrations } from './kernel/migrations.ts'
import { readVerifierPage } from './kernel/verifier-page.ts'
import { type Cases, casesMigrations, createCases } from './modules/cases/index.ts'
import { type Completeness, completenessMigrations, createCompleteness } from './modules/completeness/index.ts'
import { createEvidence, evidenceMigrations } from './modules/evidence/index.ts'
import { createFleet, type Fleet, fleetMigrations } from './modules/fleet/index.ts'
import { createIdentity, type Identity, identityMigrations } from './modules/identity/index.ts'
import { createIncidents, incidentsMigrations } from './modules/incidents/index.ts'
import { createIntake, type Intake, intakeMigrations } from './modules/intake/index.ts'
import { createLedger, type Ledger, ledgerMigrations } from './modules/ledger/index.ts'
import { createLive, liveMigrations } from './modules/live/index.ts'
import { createOversight, oversightMigrations } from './modules/oversight/index.ts'
import {
  createRetention,
  type Retention,
  type RetentionSettings,
  retentionMigrations,
} from './modules/retention/index.ts'
import { createTerritory, type Territory, territoryMigrations } from './modules/territory/index.ts'
import { createTracks, tracksMigrations } from './modules/tracks/index.ts'

/** In the order in which modules may know each other. */
export const migrations: readonly Migrations[] = [
  ledgerMigrations,
  identityMigrations,
  territoryMigrations,
  fleetMigrations,
  tracksMigrations,
  evidenceMigrations,
  intakeMigrations,
  liveMigrations,
  incidentsMigrations,
  casesMigrations,
  retentionMigrations,
  completenessMigrations,
  oversightMigrations,
]

export type App = Access & {
  readonly ledger: Ledger
  readonly identity: Identity
  readonly territory: Territory
  readonly fleet: Fleet
  readonly intake: Intake
  readonly cases: Cases
  readonly retention: Retention
  readonly completeness: Completeness
  readonly routes: readonly RouteTable[]
  readonly sockets: readonly SocketRoute[]
  readonly files: readonly PublicFile[]
  readonly plugins: readonly Intake['plugin'][]
  readonly jobs: JobTable
  readonly timers: readonly Cron[]
  readonly checks: readonly Checker[]
  readonly gate: (operation: string) => Promise<void>
  readonly words: Words
  /** Before the first request, in the modules' order. */
  readonly start: () => Promise<void>
  /** After the last request, while database and signer are still there. */
  readonly stop: () => Promise<void>
}

const diskEveryMs = 5000
const moveEveryMs = 1000
/** Asked often, done daily: a server that is started again each night does it, too. */
const sweepEveryMs = 3_600_000

/** Where a default does not suit; a test stops at a step. */
export type Given = { readonly retentionSettings?: Partial<RetentionSettings> }

/** The composition root: the only place that names every module. Each is given those to its left. */
export function composeApp(kernel: Kernel, given: Given = {}): App {
  const backups = createBackups(kernel)
  const ledger: Ledger = createLedger({
    ...kernel,
    decideWitnesses: (actor, action, { id, proposer }) => {
      const attributes = proposer === undefined ? {} : { proposer }
      return identity.require(actor, action, { type: 'Witnesses', id, attributes }).policy
    },
  })
  const identity: Identity = createIdentity({
    ...kernel,
    ledger,
    officer: (scope, id) => fleet.officer(scope, id),
    isOpenCase: (scope, reference) => cases.isOpen(scope, reference),
  })
  const territory = createTerritory({ ...kernel, ledger, identity })
  const fleet: Fleet = createFleet({ ...kernel, ledger, identity, territory })
  const tracks = createTracks({ ...kernel, ledger, fleet })
  const packageExtras = {
    verifier: async () => readVerifierPage(repositoryFolder),
    timestamps: ledger.stampsOf,
  }
  const evidence = createEvidence({ ...kernel, ledger, identity, territory, fleet, tracks, packageExtras })
  const intake = createIntake({ ...kernel, ledger, identity, territory, fleet, tracks, evidence })
  const live = createLive({ ...kernel, ledger, identity, fleet, tracks, evidence })
  const incidents = createIncidents({ ...kernel, ledger, identity, territory, fleet, tracks, live })
  const cases: Cases = createCases({ ...kernel, ledger, identity, fleet, evidence, intake, live, incidents })
  const retention = createRetention({
    ...kernel,
    ...given,
    ledger,
    identity,
    evidence,
    freezesOf: cases.freezesOf,
  })
  const completeness = createCompleteness({ ...kernel, ledger, identity, fleet, evidence, retention })
  const oversight = createOversight({ ...kernel, ledger, identity, fleet, evidence })
  const modules = [
    ...[ledger, identity, fleet, tracks, evidence, intake, live, incidents, cases, retention, completeness, oversight],
  ]

  // A stored object's name holds its recording's id, and a recording that is not destroyed has a key. Nothing else is removed.
  async function isKept(key: string): Promise<boolean> {
    for (const [id] of key.matchAll(/(?<=^|\/)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=$|[/-])/g)) {
      if ((await kernel.signer.dataKey(id)) !== null) {
        return true
      }
    }
    return false
  }

  return {
    ledger,
    identity,
    territory,
    fleet,
    intake,
    cases,
    retention,
    completeness,
    routes: [
      ...[
        territory,
        identity,
        fleet,
        tracks,
        evidence,
        intake,
        live,
        incidents,
        retention,
        completeness,
        oversight,
        ledger,
      ].map((module) => module.routes),
      ...cases.routes,
    ],
    sockets: [...live.sockets, ...cases.sockets],
    files: [...ledger.files, ...retention.files, ...completeness.files],
    plugins: [intake.plugin],
    jobs: evidence.jobs,
    timers: [
      ...modules.flatMap((module) => module.timers),
      ...backups.timers,
      { name: 'kernel.disk', everyMs: diskEveryMs, run: kernel.disk.sample },
      { name: 'kernel.move', everyMs: moveEveryMs, run: kernel.storage.move },
      { name: 'kernel.sweep', everyMs: sweepEveryMs, run: () => kernel.storage.sweep(isKept) },
    ],
    checks: [
      backups.check,
      ...[
        ledger,
        identity,
        territory,
        fleet,
        tracks,
        evidence,
        intake,
        live,
        incidents,
        cases,
        retention,
        completeness,
        oversight,
      ].map((module) => module.check),
    ],
    authenticate: (request) => authenticate(request, identity, fleet),
    permits: identity.permits,
    async gate(operation) {
      await identity.gate(operation)
      // While the database is behind what was signed, nothing may be done that could not be entered.
      ledger.gate(operation)
    },
    words: (code: RefusalCode, language) => errorWords(code, language).title,
    async start() {
      await ledger.start()
      await identity.start()
      await fleet.start()
      await tracks.start()
      await evidence.start()
      await intake.start()
      await live.start()
      // Last, and before anybody is answered: what was destroyed stays destroyed.
      await retention.start()
    },
    async stop() {
      await live.stop()
      await intake.stop()
      await ledger.flush()
    },
  }
}

/** A phone names its token (a WebSocket in the address, where no header can be set); a person has a cookie. */
async function authenticate(request: FastifyRequest, identity: Identity, fleet: Fleet): Promise<Actor | null> {
  const header = request.headers.authorization
  if (header?.startsWith('Device ') === true) {
    return fleet.authenticateDevice(header.slice('Device '.length))
  }
  const { token } = request.query as { readonly token?: unknown }
  if (request.headers.upgrade !== undefined && typeof token === 'string') {
    return fleet.authenticateDevice(token)
  }
  return identity.authenticate(request)
}
