import type { Alarm, BodyOf, Category, DeviceSelf, Fix, fleetOperations, Watcher } from '@sereno/contracts'
import type { LiveMessage } from '@sereno/media'
import type { ServerTime, StopReason } from '@sereno/proof'
import type { LocalMarker, Signed } from '../journal/recording-index.ts'
import type { Clocks, GapInput, MediaInput } from '../journal/scribe.ts'
import type { LiveTracks } from '../live/leg.ts'
import type { CoverProblem } from '../upload/cover.ts'

/**
 * What the page asks of the engine, the worker that owns keys, journal and network. The page owns camera, sensors and
 * glass. React may crash, the page may stall: what the engine has is safe.
 */
export type EngineApi = {
  readonly start: (input: {
    readonly build: string
    readonly appVersion: string
    readonly clocks: Clocks
  }) => Promise<void>
  readonly enrol: (token: string) => Promise<void>
  readonly startShift: (body: BodyOf<(typeof fleetOperations)['POST /device/shift']>) => Promise<void>
  readonly endShift: () => Promise<void>
  readonly open: (recording: string, atMs: number, sos: boolean) => Promise<void>
  readonly media: (recording: string, input: MediaInput) => Promise<Signed>
  readonly gap: (recording: string, input: GapInput) => Promise<Signed>
  readonly stop: (recording: string, reason: StopReason, clocks: Clocks) => Promise<void>
  readonly marker: (recording: string, marker: LocalMarker) => Promise<void>
  readonly category: (recording: string, category: Category, note: string | null) => Promise<void>
  readonly fix: (fix: Fix) => Promise<void>
  readonly health: (health: PhoneHealth) => Promise<void>
  readonly tracks: (tracks: LiveTracks) => Promise<void>
  readonly chunk: (message: LiveMessage) => Promise<void>
  readonly sos: (sos: SosCall) => Promise<void>
  readonly cancelSos: (safe: boolean) => Promise<void>
  readonly dismissSos: () => Promise<void>
  readonly hurry: () => Promise<void>
  readonly forgetAbandoned: () => Promise<void>
}
export type PhoneHealth = Omit<
  BodyOf<(typeof fleetOperations)['POST /device/health']>,
  'clockOffsetMs' | 'queuedSegments' | 'recording' | 'appVersion'
>
export type SosCall = {
  readonly id: string
  readonly atMs: number
  readonly recording: string
  readonly fix: Fix | null
}

export type EnginePhase = 'starting' | 'second-tab' | 'not-enrolled' | 'enrolled' | 'revoked' | 'broken'
export type EngineState = {
  readonly phase: EnginePhase
  /** Why, when `broken`. */
  readonly problem: string | null
  readonly self: DeviceSelf | null
  /** False once the server was not reached; its last contact in wall-clock milliseconds. */
  readonly reached: boolean
  readonly reachedAtMs: number | null
  readonly serverTime: ServerTime | null
  /** Null when it is not known: the line to the server is not open. */
  readonly watchers: readonly Watcher[] | null
  /** The engine wants coded frames; `streaming` once the server takes them. */
  readonly streamWanted: boolean
  readonly streaming: boolean
  readonly sos: SosState | null
  readonly recordings: readonly RecordingSummary[]
  /** Newest pieces of the newest recording, oldest first: one letter each, s(afe) h(eld) g(ap) q(uarantined). */
  readonly tape: string
  readonly abandoned: { readonly recording: string; readonly lastMs: number } | null
}
export type SosState = SosCall & {
  /** When the server had answered; null while it has not. */
  readonly answeredAtMs: number | null
  readonly attempts: number
  readonly alarm: Alarm | null
  readonly cancelWanted: 'mistake' | 'safe' | null
  readonly cancelled: boolean
}
export type RecordingSummary = {
  readonly id: string
  readonly openedAtMs: number
  readonly endedAtMs: number
  readonly stopReason: string | null
  readonly durationMs: number
  readonly preEventMs: number
  readonly pieces: number
  readonly safePieces: number
  readonly heldMs: number
  readonly heldBytes: number
  readonly bytes: number
  readonly gaps: number
  readonly marks: number
  readonly category: Category | null
  /** Why the server will never take the category, or null. */
  readonly categoryRefused: string | null
  /** Why the copy stays although the server says that it may go: its proof is not of the log that this phone knows. */
  readonly doubt: CoverProblem | null
  readonly sos: boolean
  readonly erased: boolean
  /** The refusal of a piece that is stuck, or null. */
  readonly stuck: string | null
}

export type ToEngine = { readonly id: number; readonly name: keyof EngineApi; readonly args: readonly unknown[] }
export type FromEngine =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly code: string; readonly detail: string }
  | { readonly kind: 'state'; readonly state: EngineState }
  | { readonly kind: 'key-frame' }
