import { Type } from 'typebox'
import { CategoryName, RecordingState } from './evidence.ts'
import { Base64Url, ById, Done, InstantMs, nullable, type Operations, Sha256Hex, Uuid, Words } from './operation.ts'
import { markerCategories } from './purposes.ts'

/** What an upload is answered with: a DSSE envelope signed by the receipt key (see the evidence format). */
export const Receipt = Type.Object({ receipt: Type.String(), state: RecordingState, quarantined: Type.Boolean() })

/** What a phone delivers of its recordings, and how it learns that it may let its own copy go. */
export const deliveryOperations = {
  'PUT /recordings/:id/segments/:sequence': {
    access: 'public',
    summary:
      'One signed statement with its media (see the evidence format). Authenticated by its signature alone; idempotent',
    params: Type.Object({ id: Uuid, sequence: Type.Integer({ minimum: 0, maximum: 4_294_967_295 }) }),
    body: 'stream',
    reply: Receipt,
  },
  'POST /device/recordings/states': {
    access: 'device',
    summary: 'What the server holds of the phone’s recordings; a local copy may be erased once `coveredByCheckpoint`',
    body: Type.Object({ recordings: Type.Array(Uuid, { maxItems: 100 }) }),
    reply: Type.Object({
      recordings: Type.Array(
        Type.Object({
          id: Uuid,
          known: Type.Boolean(),
          state: nullable(RecordingState),
          segments: Type.Integer(),
          missing: Type.Array(Type.Integer()),
          coveredByCheckpoint: Type.Boolean(),
          category: nullable(CategoryName),
          note: nullable(Type.String()),
        }),
      ),
      nowMs: InstantMs,
    }),
  },
  'GET /device/recordings/:id/cover': {
    access: 'device',
    summary:
      'The published entries that stand for the phone’s own recording (its head, or its manifests) with their inclusion proofs, so that the phone judges for itself whether a signed checkpoint covers it',
    params: ById,
    reply: Type.Object({
      /** Signed note that all proofs lead to; null until an entry is published. */
      checkpoint: nullable(Type.String()),
      entries: Type.Array(
        Type.Object({
          leaf: Base64Url,
          openings: Type.Array(
            Type.Object({
              name: Type.String(),
              value: Type.String(),
              salt: Sha256Hex,
              index: Type.Integer(),
              count: Type.Integer(),
              proof: Type.Array(Sha256Hex),
            }),
          ),
          index: Type.Integer(),
          proof: Type.Array(Sha256Hex),
          /** The manifest's envelope that the entry names by its hash; null of a head. */
          manifest: nullable(Base64Url),
        }),
      ),
    }),
  },
  'POST /device/recordings/:id/markers': {
    access: 'device',
    summary: 'A mark the officer set; idempotent by marker id',
    params: ById,
    body: Type.Object({
      id: Uuid,
      atMs: InstantMs,
      category: Type.Optional(Type.Enum([...markerCategories])),
      note: Type.Optional(Words(500)),
    }),
    reply: Done,
  },
  'POST /device/recordings/:id/category': {
    access: 'device',
    summary: 'Category and note the officer gives at the end',
    params: ById,
    body: Type.Object({ category: CategoryName, note: Type.Optional(Words(1000)) }),
    reply: Done,
  },
  'POST /device/recordings/:id/positions': {
    access: 'device',
    summary: 'Opening of the salted positions hash of segments, so that a disclosure may carry or omit the track',
    params: ById,
    body: Type.Object({
      openings: Type.Array(
        Type.Object({
          sequence: Type.Integer({ minimum: 0 }),
          salt: Base64Url,
          positions: Type.String({ maxLength: 20_000 }),
        }),
        { maxItems: 200 },
      ),
    }),
    reply: Done,
  },
} as const satisfies Operations
