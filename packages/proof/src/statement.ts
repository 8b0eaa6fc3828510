import { type Bytes, toHex, utf8 } from './bytes.ts'
import { decodeCanonical, encodeCanonical, type Json, type JsonObject } from './canonical-json.ts'
import { type Envelope, openEnvelope, signCanonical } from './dsse.ts'
import { type FileMembers, fileMembers, filePayloadType } from './file-recording.ts'
import { sha256, sha256Of } from './hash.ts'
import type { Signer } from './keys.ts'
import { accept, type Result, refuse } from './result.ts'
import { type Check, flag, hash, instantMs, integer, nullable, oneOf, shape, text, uuid } from './shape.ts'

export const mediaPayloadType = 'application/vnd.sereno.media+json;v=1'
export const gapPayloadType = 'application/vnd.sereno.gap+json;v=1'
export const stopPayloadType = 'application/vnd.sereno.stop+json;v=1'

export const gapReasons = [
  'background',
  'call',
  'thermal',
  'camera-lost',
  'storage-full',
  'tab-killed',
  'device-restarted',
  'clock-change',
  'encoder-failed',
  'overload',
  'unknown',
] as const

export const stopReasons = [
  'officer',
  'sos-end',
  'shift-end',
  'storage-full',
  'battery',
  'thermal',
  'camera-lost',
  'closed',
  'recovered',
  'revoked',
  'unknown',
] as const

export type GapReason = (typeof gapReasons)[number]
export type StopReason = (typeof stopReasons)[number]

/** What the device last knew of the server's time, when it made the statement. */
export type ServerTime = {
  readonly lastSeenMs: number
  /** Server minus device; negative when the device is ahead. */
  readonly offsetMs: number
  readonly uncertaintyMs: number
  /** Monotonic time since it was measured. */
  readonly ageMs: number
}

/** Newest checkpoint the device had seen: the statement was not made before it. */
export type SeenCheckpoint = { readonly size: number; readonly root: string }

/** Members that all kinds share. Hashes are lower-case hexadecimal, identifiers lower-case UUIDs. */
export type StatementBase = {
  readonly format: 1
  readonly installation: string
  readonly municipality: string
  readonly device: string
  /** 1 for the device's first key, one more at each re-enrolment. */
  readonly keyEpoch: number
  /** Counts every statement of this device under one installation, without holes, from 0. */
  readonly counter: number
  readonly recording: string
  readonly sequence: number
  /** {@link statementHash} of the statement before; at sequence 0 the head of the device's recording before, or null. */
  readonly previous: string | null
  readonly wallClockMs: number
  readonly monotonicMs: number
  readonly serverTime: ServerTime | null
  readonly checkpoint: SeenCheckpoint | null
  /** SHA-256 of the application build. */
  readonly build: string
  readonly keyProtection: 'software' | 'hardware'
}

export type MediaStatement = StatementBase & {
  /** SHA-256 of the recording's init segment: the same in all its media statements. */
  readonly init: string
  /** RFC 6381 codec strings of the tracks that the init segment declares. */
  readonly codecs: { readonly video: string; readonly audio: string | null }
  readonly audioOn: boolean
  readonly preEvent: boolean
  readonly media: { readonly sha256: string; readonly sizeBytes: number }
  /** Ticks a second, of decodeTime and duration. */
  readonly timescale: number
  readonly decodeTime: number
  readonly duration: number
  /** {@link positionsCommitment} of the positions during this segment, or null without any. */
  readonly positions: string | null
}

export type GapStatement = StatementBase & {
  /** Always true here: a gap declared afterwards by a person is a ledger entry, never a statement. */
  readonly observed: true
  readonly reason: GapReason
  /** Wall clock of the device. */
  readonly fromMs: number
  readonly toMs: number
  /** By the monotonic clock where it ran through, so it may differ from toMs - fromMs. */
  readonly missingMs: number
}

export type StopStatement = StatementBase & {
  readonly reason: StopReason
  /** Statements before this one in the recording: equals `sequence`. */
  readonly count: number
  /** Hash of the last statement before this one in the recording: equals `previous`, null when count is 0. */
  readonly head: string | null
}

/** One whole file of a camera that stores and uploads later: section 12 of the format. */
export type FileStatement = StatementBase & FileMembers

export type Statement =
  | { readonly kind: 'media'; readonly body: MediaStatement }
  | { readonly kind: 'file'; readonly body: FileStatement }
  | { readonly kind: 'gap'; readonly body: GapStatement }
  | { readonly kind: 'stop'; readonly body: StopStatement }

export type StatementProblem = 'not-canonical' | 'malformed-envelope' | 'unknown-payload-type' | 'malformed-statement'

export type OpenedStatement = { readonly statement: Statement; readonly envelope: Envelope }

/** One GNSS fix; integers, so that it signs the same everywhere. */
export type Position = {
  readonly wallClockMs: number
  /** WGS 84 degrees × 10^7. */
  readonly latitudeE7: number
  readonly longitudeE7: number
  readonly accuracyCm: number
  readonly altitudeCm: number | null
  readonly speedCmPerSecond: number | null
  /** Clockwise from true north, 0 to 35999. */
  readonly headingCentidegrees: number | null
}

const durationMs = integer(0, 10 ** 12)
const base: { readonly [Name in keyof StatementBase]: Check<StatementBase[Name]> } = {
  format: oneOf(1),
  installation: uuid,
  municipality: uuid,
  device: uuid,
  keyEpoch: integer(1, 0x7fffffff),
  counter: integer(0),
  recording: uuid,
  sequence: integer(0, 0x7fffffff),
  previous: nullable(hash),
  wallClockMs: instantMs,
  monotonicMs: integer(0),
  serverTime: nullable(
    shape<ServerTime>({
      lastSeenMs: instantMs,
      offsetMs: integer(-253_402_300_799_999, 253_402_300_799_999),
      uncertaintyMs: durationMs,
      ageMs: durationMs,
    }),
  ),
  checkpoint: nullable(shape<SeenCheckpoint>({ size: integer(0), root: hash })),
  build: hash,
  keyProtection: oneOf('software', 'hardware'),
}

const codec = text(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
const mediaShape: Check<MediaStatement> = shape<MediaStatement>({
  ...base,
  init: hash,
  codecs: shape({ video: codec, audio: nullable(codec) }),
  audioOn: flag,
  preEvent: flag,
  media: shape({ sha256: hash, sizeBytes: integer(1, 16 * 1024 * 1024) }),
  timescale: integer(1, 0xffffffff),
  decodeTime: integer(0),
  duration: integer(0),
  positions: nullable(hash),
})
const fileShape: Check<FileStatement> = shape<FileStatement>({ ...base, ...fileMembers })
const gapShape: Check<GapStatement> = shape<GapStatement>({
  ...base,
  observed: oneOf(true),
  reason: oneOf(...gapReasons),
  fromMs: instantMs,
  toMs: instantMs,
  missingMs: durationMs,
})
const stopShape: Check<StopStatement> = shape<StopStatement>({
  ...base,
  reason: oneOf(...stopReasons),
  count: integer(0, 0x7fffffff),
  head: nullable(hash),
})

/** Signs a statement; the answer is the envelope's bytes, to be stored and sent as they are. */
export async function signStatement(signer: Signer, statement: Statement): Promise<Bytes> {
  const body: JsonObject = { ...statement.body }
  if (readStatement(payloadTypeOf(statement.kind), body) === undefined) {
    throw new TypeError('the statement is not well formed')
  }
  return signCanonical(signer, payloadTypeOf(statement.kind), body)
}

/** Reads an envelope as a statement: form only, the signature is checked with `isSignedBy`. */
export function openStatement(envelopeBytes: Uint8Array): Result<OpenedStatement, StatementProblem> {
  const envelope = openEnvelope(envelopeBytes)
  if (!envelope.ok) {
    return envelope
  }
  const { payload, payloadType } = envelope.value
  if (!Object.values(payloadTypes).includes(payloadType)) {
    return refuse('unknown-payload-type')
  }
  const decoded = decodeCanonical(payload)
  if (!decoded.ok) {
    return decoded
  }
  const statement = readStatement(payloadType, decoded.value)
  return statement === undefined ? refuse('malformed-statement') : accept({ statement, envelope: envelope.value })
}

const payloadTypes: Readonly<Record<Statement['kind'], string>> = {
  media: mediaPayloadType,
  file: filePayloadType,
  gap: gapPayloadType,
  stop: stopPayloadType,
}

export function payloadTypeOf(kind: Statement['kind']): string {
  return payloadTypes[kind]
}

/** Payload for a signer that makes the envelope itself. Throws TypeError when the statement is not well formed. */
export function encodeStatement(statement: Statement): Bytes {
  const body: JsonObject = { ...statement.body }
  if (readStatement(payloadTypeOf(statement.kind), body) === undefined) {
    throw new TypeError('the statement is not well formed')
  }
  return encodeCanonical(body)
}

/** Names a statement in `previous`, `head` and the manifest: SHA-256 of the envelope's bytes, hexadecimal. */
export async function statementHash(envelopeBytes: Uint8Array): Promise<string> {
  return toHex(await sha256(envelopeBytes))
}

/**
 * Commits to the positions of a segment without showing them:
 * SHA-256("sereno-positions-v1" ‖ 00 ‖ 32-byte salt ‖ canonical JSON of the list), hexadecimal.
 */
export async function positionsCommitment(salt: Uint8Array, positions: readonly Position[]): Promise<string> {
  if (salt.length !== 32) {
    throw new TypeError('a salt has 32 bytes')
  }
  const list = encodeCanonical(positions.map((position) => ({ ...position })))
  return toHex(await sha256Of(utf8('sereno-positions-v1\0'), salt, list))
}

function readStatement(payloadType: string, value: Json): Statement | undefined {
  const read = readKind(payloadType, value)
  // Only the first statement of a recording may follow nothing.
  return read !== undefined && read.body.sequence > 0 && read.body.previous === null ? undefined : read
}

function readKind(payloadType: string, value: Json): Statement | undefined {
  if (payloadType === mediaPayloadType) {
    const body = mediaShape(value)
    return body === undefined ? undefined : { kind: 'media', body }
  }
  if (payloadType === filePayloadType) {
    const body = fileShape(value)
    return body === undefined ? undefined : { kind: 'file', body }
  }
  if (payloadType === gapPayloadType) {
    const body = gapShape(value)
    return body === undefined || body.toMs < body.fromMs ? undefined : { kind: 'gap', body }
  }
  const body = stopShape(value)
  return body === undefined || !stopAgrees(body) ? undefined : { kind: 'stop', body }
}

function stopAgrees(stop: StopStatement): boolean {
  return stop.count === stop.sequence && stop.head === (stop.sequence === 0 ? null : stop.previous)
}
