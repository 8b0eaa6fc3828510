import type { Bytes } from './bytes.ts'
import { fromBase64, toBase64, utf8 } from './bytes.ts'
import { decodeCanonical, encodeCanonical, type Json } from './canonical-json.ts'
import { type Checkpoint, parseCheckpoint } from './checkpoint-body.ts'
import { type CustodyProof, custodyProofShape, isIncluded, openEntry, type VerifiedEntry } from './custody.ts'
import { isSignedBy } from './dsse.ts'
import { sha256Hex } from './hash.ts'
import { importVerifier } from './keys.ts'
import { openNote } from './note.ts'
import { accept, type Result, refuse } from './result.ts'
import { type Check, hash, instantMs, integer, list, nullable, oneOf, shape, text, token, uuid } from './shape.ts'
import { encodePayload, openSigned } from './signed.ts'
import type { Trust } from './trust.ts'
import { judgeCheckpoint } from './witnessing.ts'

export const completenessFormat = 'sereno-completeness-v1'
export const completenessPayloadType = 'application/vnd.sereno.completeness+json;v=1'

/** Numbers `first` to `last`, both included. */
export type NumberRange = { readonly first: number; readonly last: number }

export type CompletenessRecording = {
  readonly recording: string
  /** Device-wide counters of its statements. */
  readonly ranges: readonly NumberRange[]
  readonly statements: number
  readonly manifest: string | null
  readonly destroyedAtMs: number | null
  /** The entry of its destruction, under a checkpoint of its own. */
  readonly tombstone: { readonly entry: CustodyProof; readonly checkpoint: string } | null
}
export type CompletenessDevice = {
  readonly device: string
  readonly code: string
  readonly kind: string
  readonly enrolment: CustodyProof | null
  /** Oldest first. The last one says up to which counter something must be there. */
  readonly heads: readonly CustodyProof[]
  readonly recordings: readonly CompletenessRecording[]
  /** Numbers that a person explained, each with the entry. */
  readonly explained: readonly (NumberRange & { readonly entry: CustodyProof })[]
}
export type Completeness = {
  readonly format: typeof completenessFormat
  readonly installation: string
  readonly municipality: string
  readonly madeAtMs: number
  /** The signed note that proofs of entries lead to. */
  readonly checkpoint: string
  readonly devices: readonly CompletenessDevice[]
  /** The newest entry over the heads of all devices: none can be left out. */
  readonly allHeads: CustodyProof | null
  readonly purchases: readonly { readonly kind: string; readonly quantity: number; readonly date: string }[]
  readonly health: {
    readonly examined: number
    readonly findings: number
    readonly oldestRereadMs: number | null
  }
}

/** What does not hold, by device where there is one. Closed list of codes. */
export type CompletenessFinding =
  | { readonly code: 'missing'; readonly device: string; readonly first: number; readonly last: number }
  | {
      readonly code:
        | 'enrolment-unproved'
        | 'head-unproved'
        | 'explanation-unproved'
        | 'destruction-unproved'
        | 'head-went-back'
      readonly device: string
      readonly detail: string
    }
  | {
      readonly code:
        | 'signature'
        | 'checkpoint'
        | 'heads-differ'
        | 'heads-old'
        | 'municipality-differs'
        | 'repeated-device'
      readonly detail: string
    }

export type CompletenessResult = 'holds' | 'fails' | 'not-an-export' | 'not-established'
export type CompletenessVerification = {
  readonly result: CompletenessResult
  readonly exitCode: 0 | 1 | 2 | 3
  readonly findings: readonly CompletenessFinding[]
  readonly body: Completeness | null
  /** Numbers that must be covered, over all devices. */
  readonly counted: number
  readonly checkpointSize: number
}

const counter = integer(0)
const range = { first: counter, last: counter }
const note = text(/^.{1,65536}$/su)
const name = text(/^[^\p{C}]{1,120}$/u)
const bodyShape: Check<Completeness> = shape<Completeness>({
  format: oneOf(completenessFormat),
  installation: uuid,
  municipality: uuid,
  madeAtMs: instantMs,
  checkpoint: note,
  devices: list(
    shape<CompletenessDevice>({
      device: uuid,
      code: name,
      kind: token,
      enrolment: nullable(custodyProofShape),
      heads: list(custodyProofShape, 64),
      recordings: list(
        shape<CompletenessRecording>({
          recording: uuid,
          ranges: list(shape<NumberRange>(range), 200_000),
          statements: counter,
          manifest: nullable(hash),
          destroyedAtMs: nullable(instantMs),
          tombstone: nullable(shape({ entry: custodyProofShape, checkpoint: note })),
        }),
        10_000_000,
      ),
      explained: list(shape({ ...range, entry: custodyProofShape }), 100_000),
    }),
    100_000,
  ),
  allHeads: nullable(custodyProofShape),
  purchases: list(shape({ kind: token, quantity: integer(1), date: text(/^\d{4}-\d{2}-\d{2}$/) }), 100_000),
  health: shape({ examined: counter, findings: counter, oldestRereadMs: nullable(instantMs) }),
})

type Statement = { readonly format: typeof completenessFormat; readonly madeAtMs: number; readonly sha256: string }
const statementShape: Check<Statement> = shape<Statement>({
  format: oneOf(completenessFormat),
  madeAtMs: instantMs,
  sha256: hash,
})
const fileShape: Check<{ readonly body: Completeness; readonly envelope: string }> = shape({
  body: bodyShape,
  envelope: text(/^[A-Za-z0-9+/=]{4,65536}$/),
})

/** A destruction's public entry follows within minutes; before that nothing can be proved, and nothing is claimed. */
const tombstoneWithinMs = 3_600_000
/** Heads enter each local day: older than this, something was left out. */
const headsWithinMs = 49 * 3_600_000

/** What the signer signs for an export, under {@link completenessPayloadType}; a small statement that names the body. */
export async function completenessStatement(body: Completeness): Promise<Bytes> {
  const sha256 = await sha256Hex(encodeCanonical(json(body)))
  return encodePayload({ format: completenessFormat, madeAtMs: body.madeAtMs, sha256 }, statementShape)
}

/** The file as it is served: canonical JSON of the body and its envelope. */
export function encodeCompleteness(body: Completeness, envelope: Uint8Array): Bytes {
  return encodeCanonical({ body: json(body), envelope: toBase64(envelope) })
}

export async function openCompleteness(
  bytes: Uint8Array,
): Promise<Result<{ readonly body: Completeness; readonly envelope: Uint8Array }, 'not-an-export'>> {
  const decoded = decodeCanonical(bytes)
  const read = decoded.ok ? fileShape(decoded.value) : undefined
  const envelope = read === undefined ? null : fromBase64(read.envelope)
  return read === undefined || envelope === null ? refuse('not-an-export') : accept({ body: read.body, envelope })
}

/**
 * What the entry over all devices' newest heads commits to: the hash of one line each, by device,
 * `<device> <counter> <head>`.
 */
export async function allHeadsDigest(
  heads: readonly { readonly device: string; readonly counter: number; readonly head: string }[],
): Promise<string> {
  const lines = heads.map(({ device, counter: at, head }) => `${device} ${at} ${head}\n`).sort()
  return sha256Hex(utf8(lines.join('')))
}

/**
 * Checks an export alone, without a network: who signed it, that every entry is in the log under its checkpoint, and
 * that every counter from 0 to each device's newest proven head stands in a recording, a proven destruction or an
 * explained gap. Never throws on hostile input.
 */
export async function verifyCompleteness(bytes: Uint8Array, trust?: Trust): Promise<CompletenessVerification> {
  const opened = await openCompleteness(bytes)
  if (!opened.ok) {
    return { result: 'not-an-export', exitCode: 2, findings: [], body: null, counted: 0, checkpointSize: 0 }
  }
  const { body, envelope } = opened.value
  const findings: CompletenessFinding[] = []
  if (!(await isSigned(body, envelope, trust))) {
    findings.push({ code: 'signature', detail: completenessPayloadType })
  }
  const log = await checkpointOf(body.checkpoint, trust)
  if (log === null) {
    findings.push({ code: 'checkpoint', detail: body.checkpoint.split('\n')[0] ?? '' })
  }
  if (trust !== undefined && trust.municipality !== body.municipality) {
    findings.push({ code: 'municipality-differs', detail: body.municipality })
  }
  if (new Set(body.devices.map(({ device }) => device)).size !== body.devices.length) {
    findings.push({ code: 'repeated-device', detail: String(body.devices.length) })
  }
  let counted = 0
  const newest: { device: string; counter: number; head: string }[] = []
  for (const device of body.devices) {
    const head = log === null ? null : await checkDevice(body, device, log, trust, findings)
    if (head !== null) {
      newest.push(head)
      counted += head.counter + 1
    }
  }
  if (log !== null) {
    await checkAllHeads(body, log, newest, findings)
  }
  const fails = findings.length > 0
  const result = fails ? 'fails' : trust === undefined ? 'not-established' : 'holds'
  const exitCode = fails ? 1 : trust === undefined ? 3 : 0
  return { result, exitCode, findings, body, counted, checkpointSize: log?.size ?? 0 }
}

/** Numbers `0` to `to` that no range covers. */
export function uncovered(ranges: readonly NumberRange[], to: number): readonly NumberRange[] {
  const holes: NumberRange[] = []
  let next = 0
  for (const { first, last } of ranges.toSorted((left, right) => left.first - right.first)) {
    if (first > next && next <= to) {
      holes.push({ first: next, last: Math.min(first - 1, to) })
    }
    next = Math.max(next, last + 1)
  }
  return next <= to ? [...holes, { first: next, last: to }] : holes
}

async function isSigned(body: Completeness, envelope: Uint8Array, trust: Trust | undefined): Promise<boolean> {
  const opened = openSigned(envelope, completenessPayloadType, statementShape)
  const sha256 = await sha256Hex(encodeCanonical(json(body)))
  if (!opened.ok || opened.value.value.sha256 !== sha256 || opened.value.value.madeAtMs !== body.madeAtMs) {
    return false
  }
  for (const key of trust?.manifestKeys ?? []) {
    const verifier = await importVerifier(key)
    if (verifier.ok && (await isSignedBy(opened.value.envelope, verifier.value))) {
      return true
    }
  }
  return trust === undefined
}

async function checkpointOf(noteText: string, trust: Trust | undefined): Promise<Checkpoint | null> {
  if (trust === undefined) {
    return unsignedCheckpoint(noteText)
  }
  const judged = await judgeCheckpoint(noteText, trust)
  const enough = judged.ok && judged.value.attestation.witnesses.length >= judged.value.attestation.quorum
  return judged.ok && enough ? judged.value.checkpoint : null
}

async function checkDevice(
  body: Completeness,
  device: CompletenessDevice,
  log: Checkpoint,
  trust: Trust | undefined,
  findings: CompletenessFinding[],
): Promise<{ readonly device: string; readonly counter: number; readonly head: string } | null> {
  const proven = (entry: CustodyProof, kind: string) => provenEntry(body, entry, log, kind, device.device)
  const enrolment = device.enrolment === null ? null : await proven(device.enrolment, 'device.enrolled')
  if (device.enrolment !== null && enrolment?.fields.get('deviceCode') !== device.code) {
    findings.push({ code: 'enrolment-unproved', device: device.code, detail: device.device })
  }
  let head: { readonly device: string; readonly counter: number; readonly head: string } | null = null
  for (const entry of device.heads) {
    const fields = (await proven(entry, 'device.head'))?.fields
    const at = Number(fields?.get('counter') ?? Number.NaN)
    if (fields === undefined || !Number.isSafeInteger(at) || at < 0) {
      findings.push({ code: 'head-unproved', device: device.code, detail: String(entry.index) })
    } else if (head !== null && at < head.counter) {
      findings.push({ code: 'head-went-back', device: device.code, detail: `${head.counter} ${at}` })
    } else {
      head = { device: device.device, counter: at, head: fields.get('head') ?? '' }
    }
  }
  const covered: NumberRange[] = []
  for (const recording of device.recordings) {
    if (await isAccounted(body, recording, log, trust)) {
      covered.push(...recording.ranges)
    } else {
      findings.push({ code: 'destruction-unproved', device: device.code, detail: recording.recording })
    }
  }
  for (const gap of device.explained) {
    const fields = (await proven(gap.entry, 'sequence.explained'))?.fields
    if (fields?.get('first') === String(gap.first) && fields.get('last') === String(gap.last)) {
      covered.push(gap)
    } else {
      findings.push({ code: 'explanation-unproved', device: device.code, detail: `${gap.first} ${gap.last}` })
    }
  }
  const holes = head === null ? [] : uncovered(covered, head.counter)
  findings.push(...holes.map((hole) => ({ code: 'missing' as const, device: device.code, ...hole })))
  return head
}

async function isAccounted(
  body: Completeness,
  recording: CompletenessRecording,
  log: Checkpoint,
  trust: Trust | undefined,
): Promise<boolean> {
  const { destroyedAtMs, tombstone } = recording
  if (destroyedAtMs === null) {
    return true
  }
  if (tombstone === null) {
    return body.madeAtMs - destroyedAtMs < tombstoneWithinMs
  }
  const under = tombstone.checkpoint === body.checkpoint ? log : await checkpointOf(tombstone.checkpoint, trust)
  const entry = await openEntry(tombstone.entry).catch(() => null)
  return (
    under !== null &&
    entry?.fields.get('kind') === 'recording.destroyed' &&
    entry.fields.get('recording') === recording.recording &&
    (await isIncluded(tombstone.entry, under))
  )
}

async function provenEntry(
  body: Completeness,
  entry: CustodyProof,
  log: Checkpoint,
  kind: string,
  device: string | null,
): Promise<VerifiedEntry | null> {
  const opened = await openEntry(entry).catch(() => null)
  const speaksOfIt = device === null || opened?.fields.get('device') === device
  const holds =
    opened !== null &&
    opened.leaf.municipality === body.municipality &&
    opened.fields.get('kind') === kind &&
    speaksOfIt &&
    (await isIncluded(entry, log))
  return holds ? opened : null
}

async function checkAllHeads(
  body: Completeness,
  log: Checkpoint,
  newest: readonly { readonly device: string; readonly counter: number; readonly head: string }[],
  findings: CompletenessFinding[],
): Promise<void> {
  // Each day has one, from the first on: without it all numbers could be left out at once.
  if (body.allHeads === null) {
    findings.push({ code: 'heads-old', detail: '—' })
    return
  }
  const entry = await provenEntry(body, body.allHeads, log, 'device.heads', null)
  const day = Date.parse(entry?.fields.get('day') ?? '')
  if (entry?.fields.get('digest') !== (await allHeadsDigest(newest))) {
    findings.push({ code: 'heads-differ', detail: entry?.fields.get('devices') ?? '' })
  }
  if (!(body.madeAtMs - day < headsWithinMs)) {
    findings.push({ code: 'heads-old', detail: entry?.fields.get('day') ?? '' })
  }
}

// Types of the body are JSON throughout; the compiler cannot see it through `readonly` members.
const json = (body: Completeness): Json => body as unknown as Json

function unsignedCheckpoint(noteText: string): Checkpoint | null {
  const opened = openNote(noteText)
  const parsed = opened.ok ? parseCheckpoint(opened.value.text) : null
  return parsed?.ok === true ? parsed.value : null
}
