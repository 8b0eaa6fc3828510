import { Type } from 'typebox'
import { ById, Done, InstantMs, May, nullable, type Operations, Page, Sha256Hex, Uuid, Words } from './operation.ts'
import { categories, markerCategories, purposes } from './purposes.ts'
import { TrackPoint } from './tracks.ts'

export const PurposeName = Type.Enum([...purposes])
export const CategoryName = Type.Enum([...categories])
export const RecordingState = Type.Enum(['receiving', 'stopped', 'sealed'])
export const Recording = Type.Object({
  id: Uuid,
  /** Short code people read aloud, e.g. 7F3K-Q2. */
  code: Type.String(),
  device: Type.Object({ id: Uuid, code: Type.String(), simulated: Type.Boolean() }),
  officer: nullable(Type.Object({ id: Uuid, code: Type.String(), name: Type.String() })),
  state: RecordingState,
  /** A phone's segments, or whole files of another camera. */
  shape: Type.Enum(['segments', 'files']),
  quarantined: Type.Boolean(),
  held: Type.Boolean(),
  destroyed: Type.Boolean(),
  incomplete: Type.Boolean(),
  unterminated: Type.Boolean(),
  sos: Type.Boolean(),
  startedAt: InstantMs,
  endedAt: nullable(InstantMs),
  durationMs: Type.Integer(),
  segments: Type.Integer(),
  missing: Type.Integer(),
  gaps: Type.Integer(),
  sizeBytes: Type.Integer(),
  category: nullable(CategoryName),
  note: nullable(Type.String()),
  quadrant: nullable(Type.Object({ id: Uuid, code: Type.String() })),
  start: nullable(Type.Object({ latitude: Type.Number(), longitude: Type.Number() })),
  sealedAt: nullable(InstantMs),
  manifestSha256: nullable(Sha256Hex),
  may: May,
})
export const Marker = Type.Object({
  id: Uuid,
  atMs: InstantMs,
  category: nullable(Type.Enum([...markerCategories])),
  note: nullable(Type.String()),
  by: Type.String(),
})
/** One box on the player's axis. Ticks of the media timeline are given as milliseconds from the recording's start. */
export const SegmentBox = Type.Object({
  sequence: Type.Integer(),
  kind: Type.Union([Type.Literal('media'), Type.Literal('gap'), Type.Literal('missing')]),
  startMs: Type.Integer(),
  durationMs: Type.Integer(),
  sizeBytes: Type.Integer(),
  preEvent: Type.Boolean(),
  audio: Type.Boolean(),
  reason: nullable(Type.String()),
  declared: nullable(Type.Object({ reason: Type.String(), by: Type.String(), at: InstantMs })),
  sha256: nullable(Sha256Hex),
})
export const CustodyEntry = Type.Object({
  id: Uuid,
  /** Index in the log; null until sequenced. */
  index: nullable(Type.Integer()),
  kind: Type.String(),
  at: InstantMs,
  who: Type.String(),
  role: nullable(Type.String()),
  purpose: nullable(Type.String()),
  policy: nullable(Type.String()),
  allowed: Type.Boolean(),
  /** Remaining opened fields, by name. */
  details: Type.Record(Type.String(), Type.String()),
  state: Type.Union([Type.Literal('committed'), Type.Literal('sequenced'), Type.Literal('published')]),
})
const Look = Type.Object({ look: Uuid })

export const evidenceOperations = {
  'GET /recordings': {
    access: 'recording.find',
    summary: 'Find recordings. Near a point: longitude, latitude and radiusM with fromMs and toMs',
    query: Type.Object({
      officer: Type.Optional(Uuid),
      device: Type.Optional(Uuid),
      quadrant: Type.Optional(Uuid),
      category: Type.Optional(CategoryName),
      state: Type.Optional(RecordingState),
      fromMs: Type.Optional(Type.Integer()),
      toMs: Type.Optional(Type.Integer()),
      longitude: Type.Optional(Type.Number()),
      latitude: Type.Optional(Type.Number()),
      radiusM: Type.Optional(Type.Number({ minimum: 1, maximum: 20_000 })),
      text: Type.Optional(Words(120)),
      ...Page,
    }),
    reply: Type.Object({ recordings: Type.Array(Recording), next: nullable(Type.String()), total: Type.Integer() }),
  },
  'GET /recordings/:id': {
    access: 'recording.find',
    summary: 'What is known of a recording; no picture (that needs a look)',
    params: ById,
    reply: Type.Object({
      recording: Recording,
      /** For what the asker may look and export: nothing else is offered. */
      purposes: Type.Object({ view: Type.Array(PurposeName), export: Type.Array(PurposeName) }),
      markers: Type.Array(Marker),
      segments: Type.Array(SegmentBox),
      track: Type.Array(TrackPoint),
    }),
  },
  'GET /recordings/:id/custody': {
    access: 'recording.custody',
    summary: 'Everything that was done with it',
    params: ById,
    reply: Type.Object({ entries: Type.Array(CustodyEntry) }),
  },
  'POST /recordings/:id/looks': {
    access: 'recording.view',
    summary:
      'Open the footage for a purpose: an entry, committed before the first byte; replies with the signed promise (I-3)',
    params: ById,
    body: Type.Object({ purpose: PurposeName, reference: Type.Optional(Words(120)) }),
    reply: Type.Object({
      look: Uuid,
      entry: Uuid,
      promise: Type.String(),
      policy: Type.String(),
      expiresAt: InstantMs,
      playlist: Type.String(),
      watermark: Type.String(),
    }),
  },
  'POST /looks/:look/renew': {
    access: 'recording.view',
    summary: 'Go on watching for the same purpose',
    params: Look,
    body: Type.Object({ purpose: PurposeName, reference: Type.Optional(Words(120)) }),
    reply: Type.Object({ expiresAt: InstantMs, entry: Uuid }),
  },
  'POST /looks/:look/close': { access: 'recording.view', summary: 'Stop watching', params: Look, reply: Done },
  'GET /looks/:look/index.m3u8': {
    access: 'recording.view',
    summary: 'HLS playlist (RFC 8216)',
    params: Look,
    reply: 'stream',
  },
  'GET /looks/:look/init.mp4': { access: 'recording.view', summary: 'Init segment', params: Look, reply: 'stream' },
  'GET /looks/:look/:sequence': {
    access: 'recording.view',
    summary: 'A media segment (`<sequence>.m4s`), decrypted while it is sent',
    params: Type.Object({ look: Uuid, sequence: Type.String({ pattern: '^[0-9]{1,10}\\.m4s$' }) }),
    reply: 'stream',
  },
  'POST /recordings/:id/markers': {
    access: 'recording.mark',
    summary: 'A mark set in the control room',
    params: ById,
    body: Type.Object({
      atMs: InstantMs,
      category: Type.Optional(Type.Enum([...markerCategories])),
      note: Type.Optional(Words(500)),
    }),
    reply: Marker,
  },
  'POST /recordings/:id/category': {
    access: 'recording.mark',
    summary: 'Category and note given in the control room; an entry',
    params: ById,
    body: Type.Object({ category: CategoryName, note: Type.Optional(Words(1000)) }),
    reply: Recording,
  },
  'POST /recordings/:id/gaps': {
    access: 'recording.seal',
    summary: 'Declare missing segments afterwards: an entry of its own, never the same as an observed gap',
    params: ById,
    body: Type.Object({
      fromSequence: Type.Integer({ minimum: 0 }),
      toSequence: Type.Integer({ minimum: 0 }),
      reason: Words(500),
    }),
    reply: Done,
  },
  'POST /recordings/:id/seal': {
    access: 'recording.seal',
    summary: 'Seal; `incomplete` after the waiting period only',
    params: ById,
    body: Type.Object({ incomplete: Type.Optional(Type.Boolean()), reason: Type.Optional(Words(500)) }),
    reply: Recording,
  },
  'POST /recordings/:id/exports': {
    access: 'recording.export',
    summary: 'Make an evidence package: an entry, then one stream',
    params: ById,
    body: Type.Object({ purpose: PurposeName, reference: Type.Optional(Words(120)), positions: Type.Boolean() }),
    reply: Type.Object({
      export: Uuid,
      entry: Uuid,
      promise: Type.String(),
      url: Type.String(),
      fileName: Type.String(),
      sizeBytes: Type.Integer(),
      expiresAt: InstantMs,
    }),
  },
  'GET /exports/:id/package.zip': { access: 'recording.export', summary: 'The package', params: ById, reply: 'stream' },
  'GET /trust.json': {
    access: 'public',
    summary: 'The installation’s trust file: keys and origins. Obtain it from somewhere else too',
    reply: 'stream',
  },
} as const satisfies Operations
