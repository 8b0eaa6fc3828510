import { type Static, Type } from 'typebox'
import { ById, Done, InstantMs, nullable, type Operations, Sha256Hex, Uuid, Within, Words } from './operation.ts'

/** To whom evidence is handed over by law: Policía Nacional del Perú, Ministerio Público. */
export const authorities = ['pnp', 'mp'] as const
export type Authority = (typeof authorities)[number]

/** The clock of DS 007-2020-IN art. 17.1.b: 24 hours from knowledge. */
export const HandOverClock = Type.Object({
  knownAt: InstantMs,
  dueAt: InstantMs,
  /** When the hand-over was received; null while the clock runs. */
  doneAt: nullable(InstantMs),
  stage: Type.Enum(['running', 'twelve', 'twenty', 'overdue', 'done', 'late']),
})
export type HandOverClock = Static<typeof HandOverClock>
export const HandOver = Type.Object({
  id: Uuid,
  number: Type.Integer(),
  authority: Type.Enum([...authorities]),
  unit: Type.String(),
  officer: Type.String(),
  officerId: nullable(Type.String()),
  detail: Type.String(),
  state: Type.Enum(['preparing', 'failed', 'ready', 'received']),
  items: Type.Array(
    Type.Object({
      recording: Uuid,
      code: Type.String(),
      fileName: Type.String(),
      sizeBytes: Type.Integer(),
      sha256: Sha256Hex,
      manifestSha256: Sha256Hex,
    }),
  ),
  /** Why recordings of the case are not in it. */
  left: Type.Array(Type.Object({ code: Type.String(), reason: Type.Enum(['not-sealed', 'destroyed', 'unreadable']) })),
  madeAt: InstantMs,
  madeBy: Type.String(),
  actaSha256: nullable(Sha256Hex),
  receipt: nullable(
    Type.Object({
      at: InstantMs,
      name: Type.String(),
      office: Type.String(),
      document: Type.String(),
      key: nullable(Type.String()),
      continued: nullable(Type.String()),
      scan: Type.Boolean(),
      sha256: Sha256Hex,
    }),
  ),
})
export type HandOver = Static<typeof HandOver>

/** Evidence that goes to the police or the public prosecutor (DS 007-2020-IN art. 17 and 18). */
export const handOverOperations = {
  'POST /cases/:id/hand-overs': {
    access: 'case.hand-over',
    summary:
      'Prepare a hand-over to PNP or Ministerio Público: packages of its sealed recordings and the acta de entrega',
    params: ById,
    body: Type.Object({
      authority: Type.Enum([...authorities]),
      unit: Words(200),
      officer: Words(120),
      officerId: Type.Optional(Words(40)),
      detail: Words(4000),
      recordings: Type.Optional(Type.Array(Uuid, { minItems: 1, maxItems: 100 })),
      positions: Type.Optional(Type.Boolean()),
    }),
    reply: HandOver,
  },
  'GET /hand-overs/:id/acta.pdf': {
    access: 'case.hand-over',
    summary: 'The acta de entrega (DS 007-2020-IN art. 18), to be signed by both sides',
    params: ById,
    reply: 'stream',
  },
  'GET /hand-overs/:id/acta.json': {
    access: 'case.hand-over',
    summary: 'The installation’s signature over the acta and the hashes of what is handed over (DSSE)',
    params: ById,
    reply: 'stream',
  },
  'GET /hand-overs/:id/packages/:recording': {
    access: 'case.hand-over',
    summary: 'An evidence package of the hand-over; each copy is an entry',
    params: Within('recording'),
    reply: 'stream',
  },
  'POST /hand-overs/:id/receipt': {
    access: 'case.hand-over',
    summary: 'Who received it, in which office, with which document; stops the clock',
    params: ById,
    body: Type.Object({
      name: Words(120),
      office: Words(200),
      document: Words(120),
      receivedAt: InstantMs,
      /** The reserved key that PNP or MP gives the deliverer (art. 18.1). */
      key: Type.Optional(Words(120)),
      /** Under which record the recipient goes on with the chain of custody. */
      continued: Type.Optional(Words(500)),
    }),
    reply: HandOver,
  },
  'POST /hand-overs/:id/scan': {
    access: 'case.hand-over',
    summary: 'The signed acta as a scan (12 MiB at most), before its receipt is entered',
    params: ById,
    query: Type.Object({ type: Type.Enum(['application/pdf', 'image/jpeg', 'image/png']) }),
    body: 'stream',
    reply: Done,
  },
  'GET /hand-overs/:id/scan': {
    access: 'case.hand-over',
    summary: 'The scan of the signed acta',
    params: ById,
    reply: 'stream',
  },
} as const satisfies Operations
