/**
 * Makes clips and stills. In this order:
 *
 *  1. decide: the case may be written, and the recording may be looked at (a refused look is an entry)
 *  2. the bytes are stored under the recording's key       crash: an object without a row, in the recording's own folder
 *  3. its lineage is signed
 *  4. one transaction, the recording locked: entry and row  crash before: as 2; after: it is there
 *
 * A recording destroyed meanwhile is refused at 4, and what 2 stored is removed: its destruction listed objects already.
 *
 * Nobody is sent a byte of it here: opening it is a look of its own (`open-derivative.ts`). The original is only read.
 */
import { createHash } from 'node:crypto'
import type { BodyOf, derivativeOperations, QueryOf } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal, Unavailable } from '../../kernel/errors.ts'
import type { Parts } from '../evidence/index.ts'
import { longestClipSegments, pngSize, segmentAt, segmentsCovering } from './cases.ts'
import type { CasesDeps } from './door.ts'
import { clipLineage, type Made, sign, stillLineage } from './lineage.ts'
import { demand, enterChange } from './record.ts'
import { hasRecording, lockOpenCase, needCase } from './store.ts'
import { insertDerivative } from './store-copies.ts'
import type { CaseRow, DerivativeRow } from './tables.ts'

type Operations = typeof derivativeOperations
type NewClip = BodyOf<Operations['POST /cases/:id/clips']>
type NewStill = QueryOf<Operations['POST /cases/:id/stills']>

export function derivativeKey(recording: string, id: string): string {
  return `derivatives/${recording}/${id}`
}

export async function makeClip(deps: CasesDeps, scope: Scope, id: string, wish: NewClip): Promise<DerivativeRow> {
  const row = await needCase(deps.database.db, scope, id)
  const policy = demand(deps, scope, 'case.write', row)
  const parent = await parentOf(deps, scope, row, wish.recording)
  const segments = segmentsCovering(parent.parts, wish.fromMs, wish.toMs)
  const [first, last] = [segments[0], segments.at(-1)]
  if (first === undefined || last === undefined) {
    throw new Refusal('case.no-footage')
  }
  if (segments.length > longestClipSegments) {
    throw new Refusal('request.invalid', { where: 'body/toMs', message: `more than ${longestClipSegments} segments` })
  }
  const derivative = deps.ids.uuid()
  const bytes = deps.evidence.offer.cut(
    scope,
    wish.recording,
    segments.map(({ sequence }) => sequence),
  )
  const stored = await store(deps, wish.recording, derivative, bytes)
  const made = await madeOf(deps, scope, row, { id: derivative, recording: wish.recording, ...stored })
  const asked = { askedFromMs: wish.fromMs, askedToMs: wish.toMs }
  return keep(deps, scope, policy, {
    ...rowOf(scope, row, made, parent),
    kind: 'clip',
    title: wish.title.trim(),
    asked_from_ms: wish.fromMs,
    asked_to_ms: wish.toMs,
    from_ms: first.startMs,
    to_ms: last.startMs + last.durationMs,
    from_sequence: first.sequence,
    to_sequence: last.sequence,
    lineage: await sign(deps, clipLineage(made, parent, { ...asked, segments })),
  })
}

/** A picture that the sender's player drew, under an open look: only what is being looked at can be kept. */
export async function keepStill(
  deps: CasesDeps,
  scope: Scope,
  id: string,
  wish: NewStill,
  png: Uint8Array,
): Promise<DerivativeRow> {
  const row = await needCase(deps.database.db, scope, id)
  const policy = demand(deps, scope, 'case.write', row)
  const size = pngSize(png)
  if (size === null) {
    throw new Refusal('request.invalid', { where: 'body', message: 'not a picture that is kept' })
  }
  const { row: looked } = await deps.evidence.offer.looks.through(scope, wish.look)
  const parent = await parentOf(deps, scope, row, looked.id)
  const segment = segmentAt(parent.parts, wish.atMs)
  if (segment === null) {
    throw new Refusal('case.no-footage')
  }
  const derivative = deps.ids.uuid()
  const stored = await store(deps, looked.id, derivative, [png])
  const made = await madeOf(deps, scope, row, { id: derivative, recording: looked.id, ...stored })
  const still = { atMs: wish.atMs, segment, look: wish.look, ...size }
  return keep(deps, scope, policy, {
    ...rowOf(scope, row, made, parent),
    kind: 'still',
    title: wish.title.trim(),
    asked_from_ms: wish.atMs,
    asked_to_ms: wish.atMs,
    from_ms: wish.atMs,
    to_ms: wish.atMs,
    from_sequence: segment.sequence,
    to_sequence: segment.sequence,
    lineage: await sign(deps, stillLineage(made, parent, still)),
  })
}

async function parentOf(deps: CasesDeps, scope: Scope, row: CaseRow, recording: string): Promise<Parts> {
  if (row.state !== 'open') {
    throw new Refusal('case.closed')
  }
  if (!(await hasRecording(deps.database.db, row.root, recording))) {
    throw new Refusal('recording.not-found')
  }
  await deps.evidence.offer.allow(scope, 'recording.view', recording, { purpose: 'request', reference: row.code })
  return deps.evidence.offer.parts(scope, recording)
}

type Stored = { readonly sha256: string; readonly sizeBytes: number }

async function store(
  deps: CasesDeps,
  recording: string,
  id: string,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Stored> {
  const dataKey = await deps.signer.dataKey(recording)
  if (dataKey === null) {
    throw new Unavailable('footage')
  }
  const digest = createHash('sha256')
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      digest.update(piece)
      yield piece
    }
  }
  const { sizeBytes } = await deps.blobs.put(derivativeKey(recording, id), counted(), dataKey)
  return { sha256: digest.digest('hex'), sizeBytes }
}

type Whole = Made & { readonly recordingCode: string }

async function madeOf(
  deps: CasesDeps,
  scope: Scope,
  row: CaseRow,
  made: Stored & { readonly id: string; readonly recording: string },
): Promise<Whole> {
  const view = await deps.evidence.recording(scope, made.recording)
  return {
    ...made,
    municipality: scope.municipality,
    installation: deps.config.installation,
    case: row.id,
    device: view?.device.id ?? '',
    recordingCode: view?.code ?? '',
    by: scope.actor.id,
    madeAtMs: deps.clock.nowMs(),
  }
}

type Common = Pick<
  DerivativeRow,
  | 'municipality'
  | 'id'
  | 'case_id'
  | 'recording'
  | 'recording_code'
  | 'of_sequences'
  | 'size_bytes'
  | 'sha256'
  | 'parent_manifest'
  | 'made_at'
  | 'made_by'
  | 'destroyed_at'
>

function rowOf(scope: Scope, row: CaseRow, made: Whole, parent: Parts): Common {
  return {
    municipality: scope.municipality,
    id: made.id,
    case_id: row.id,
    recording: made.recording,
    recording_code: made.recordingCode,
    of_sequences: parent.ofSequences,
    size_bytes: made.sizeBytes,
    sha256: made.sha256,
    parent_manifest: parent.manifestSha256,
    made_at: made.madeAtMs,
    made_by: scope.actor.name,
    destroyed_at: null,
  }
}

async function keep(
  deps: CasesDeps,
  scope: Scope,
  policy: string,
  made: Omit<DerivativeRow, 'entry'>,
): Promise<DerivativeRow> {
  const kept = await deps.database.transaction(async (tx) => {
    const row = await lockOpenCase(tx, scope, made.case_id)
    const parent = await deps.evidence.erase.lock(tx, scope, made.recording)
    if (parent === null || parent.destroyedAt !== null) {
      return null
    }
    const entry = await enterChange(deps, tx, scope, row, {
      kind: `${made.kind}.made`,
      policy,
      subjects: [`recording:${made.recording}`],
      fields: {
        derivative: made.id,
        sha256: made.sha256,
        parentManifest: made.parent_manifest,
        askedFromMs: String(made.asked_from_ms),
        askedToMs: String(made.asked_to_ms),
        fromMs: String(made.from_ms),
        toMs: String(made.to_ms),
        segments: `${made.from_sequence}-${made.to_sequence}`,
      },
    })
    const whole = { ...made, entry }
    await insertDerivative(tx, whole)
    return whole
  })
  if (kept === null) {
    await deps.evidence.erase.sweep(scope, made.recording)
    throw new Refusal('recording.destroyed')
  }
  return kept
}
