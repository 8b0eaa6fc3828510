import { type Static, Type } from 'typebox'
import { ById, InstantMs, type Operations, Sha256Hex, Uuid, Within, Words } from './operation.ts'
import { purposes } from './purposes.ts'

/** A clip is whole segments as the camera made them; a still is one picture as a player showed it. */
export const Derivative = Type.Object({
  id: Uuid,
  kind: Type.Enum(['clip', 'still']),
  recording: Uuid,
  recordingCode: Type.String(),
  title: Type.String(),
  /** Milliseconds from the recording's start. */
  askedFromMs: Type.Integer(),
  askedToMs: Type.Integer(),
  fromMs: Type.Integer(),
  toMs: Type.Integer(),
  fromSequence: Type.Integer(),
  toSequence: Type.Integer(),
  /** Segments of the recording, of which the clip is a part. */
  ofSequences: Type.Integer(),
  sizeBytes: Type.Integer(),
  sha256: Sha256Hex,
  parentManifest: Sha256Hex,
  madeAt: InstantMs,
  madeBy: Type.String(),
})
export type Derivative = Static<typeof Derivative>

const PurposeWish = Type.Object({ purpose: Type.Enum([...purposes]), reference: Type.Optional(Words(120)) })
export const OpenDerivative = Type.Object({ url: Type.String(), entry: Uuid, expiresAt: InstantMs })

/** Clips and stills: made from a recording, each with its lineage. */
export const derivativeOperations = {
  'POST /cases/:id/clips': {
    access: 'case.write',
    summary:
      'Cut a clip: whole segments as the camera made them, nothing re-encoded, so it begins and ends on key frames',
    params: ById,
    body: Type.Object({
      recording: Uuid,
      fromMs: Type.Integer({ minimum: 0 }),
      toMs: Type.Integer({ minimum: 0 }),
      title: Words(160),
    }),
    reply: Derivative,
  },
  'POST /cases/:id/stills': {
    access: 'case.write',
    summary: 'Keep a picture that a player showed (PNG, 12 MiB at most), under an open look of the sender’s own',
    params: ById,
    query: Type.Object({ look: Uuid, atMs: Type.Integer({ minimum: 0 }), title: Words(160) }),
    body: 'stream',
    reply: Derivative,
  },
  'POST /cases/:id/derivatives/:derivative/open': {
    access: 'case.read',
    summary: 'Open a clip or still for a purpose: an entry before its first byte',
    params: Within('derivative'),
    body: PurposeWish,
    reply: OpenDerivative,
  },
  'GET /derivatives/:opening/file': {
    access: 'case.read',
    summary: 'The clip (MP4) or still (PNG)',
    params: Type.Object({ opening: Uuid }),
    reply: 'stream',
  },
  'GET /derivatives/:opening/lineage.json': {
    access: 'case.read',
    summary: 'Where it comes from: a DSSE envelope with the hashes of its parent, signed by the installation',
    params: Type.Object({ opening: Uuid }),
    reply: 'stream',
  },
} as const satisfies Operations
