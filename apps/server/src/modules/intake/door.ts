import type { intakeOperations, ReplyOf } from '@sereno/contracts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Scope } from '../../kernel/actor.ts'
import type { Checker, Cron } from '../../kernel/checker.ts'
import type { RouteTable } from '../../kernel/http.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Evidence } from '../evidence/index.ts'
import type { Fleet } from '../fleet/index.ts'
import type { Identity } from '../identity/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Territory } from '../territory/index.ts'
import type { Tracks } from '../tracks/index.ts'
import type { ConnectionWish, MadeConnection } from './axis/connection.ts'
import type { Probe } from './probe/probe.ts'
import type { MediaTools } from './sandbox.ts'

export type IntakeDeps = Kernel & {
  readonly ledger: Ledger
  readonly identity: Identity
  readonly territory: Territory
  readonly fleet: Fleet
  readonly tracks: Tracks
  readonly evidence: Evidence
  readonly intakeSettings?: Partial<IntakeSettings>
  /** Reads a file in the sandbox; tests give their own where the sandbox is not the question. */
  readonly probe?: Probe
  readonly mediaTools?: MediaTools
}

export type IntakeSettings = {
  /** How long `complete` waits for a file to be verified before it answers "verifying". */
  readonly completeWaitMs: number
  readonly uploadTimeoutMs: number
  readonly uploadMinimumBytesPerSecond: number
  /** Most that is held in memory of blocks that came before their turn, for each upload. */
  readonly heldBlocks: number
  /** A viewing copy may take this long, and this much memory. */
  readonly copyTimeoutMs: number
  readonly copyMemoryBytes: number
  /** Life of a token of the camera system's protocol. */
  readonly axisTokenMs: number
  /** Most that clips of camera systems under way may hold in memory, of all together. */
  readonly axisHeldBytes: number
}

export const intakeDefaults: IntakeSettings = {
  completeWaitMs: 10_000,
  uploadTimeoutMs: 170_000,
  uploadMinimumBytesPerSecond: 4_096,
  heldBlocks: 6,
  copyTimeoutMs: 4 * 3_600_000,
  copyMemoryBytes: 2 * 1024 ** 3,
  axisTokenMs: 3_600_000,
  axisHeldBytes: 128 * 1024 * 1024,
}

/** The files of a recording, and their bytes through an open look (I-3). Whoever asks has decided who may look. */
export type Play = {
  files(
    scope: Scope,
    recording: string,
  ): Promise<ReplyOf<(typeof intakeOperations)['GET /recordings/:id/files']>['files']>
  send(
    scope: Scope,
    look: string,
    asked: { readonly sequence: number; readonly copy: boolean },
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void>
}

/** What intake offers to app.ts. */
export type Intake = {
  readonly routes: RouteTable
  readonly timers: readonly Cron[]
  readonly check: Checker
  /** Routes that another system's protocol places outside `/api`. */
  readonly plugin: (app: FastifyInstance) => Promise<void>
  /** The files of a recording and their bytes through an open look: for a module that has decided who may look. */
  readonly play: Play
  /** A connection file for an Axis body-worn system controller; its secret is in it and nowhere else. */
  connectAxis(scope: Scope, wish: ConnectionWish): Promise<MadeConnection>
  start(): Promise<void>
  stop(): Promise<void>
}
