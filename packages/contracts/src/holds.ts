import { Type } from 'typebox'
import { ById, InstantMs, May, nullable, type Operations, Sha256Hex, Uuid, Words } from './operation.ts'
import { DoneBy, Source } from './terms.ts'

export const freezeKinds = ['case', 'complaint', 'request', 'appeal'] as const
export type FreezeKind = (typeof freezeKinds)[number]

export const Hold = Type.Object({
  id: Uuid,
  recording: Type.Object({ id: Uuid, code: Type.String() }),
  reason: Type.String(),
  basis: Type.String(),
  sources: Type.Array(Source),
  state: Type.Enum(['held', 'release-asked', 'release-approved', 'released']),
  placed: DoneBy,
  /** The basis demands that the police be told. */
  mustNotify: Type.Boolean(),
  notification: nullable(
    Type.Object({
      number: Type.String(),
      date: Type.String(),
      channel: Type.String(),
      fileName: Type.String(),
      fileSha256: Sha256Hex,
      noted: DoneBy,
    }),
  ),
  release: nullable(Type.Object({ reason: Type.String(), asked: DoneBy, approved: nullable(DoneBy) })),
  releasedAt: nullable(InstantMs),
  may: May,
})
export const Freeze = Type.Object({
  id: Type.String(),
  kind: Type.Enum([...freezeKinds]),
  reference: Type.String(),
  since: nullable(InstantMs),
  closedAt: nullable(InstantMs),
  /** After it closed: until an appeal is no longer possible. */
  until: nullable(InstantMs),
  /** Somebody said that it ended; it freezes until somebody else agreed and that entry is witnessed. */
  closing: nullable(Type.Object({ reason: Type.String(), asked: DoneBy, approved: nullable(DoneBy) })),
  may: May,
})

const Reason = Words(500)

/** What keeps a recording back whatever its term says: holds by a person, freezes by an open proceeding. */
export const holdOperations = {
  'GET /retention/holds': {
    access: 'retention.read',
    summary: 'Holds, those that need somebody first',
    query: Type.Object({ all: Type.Optional(Type.Boolean()) }),
    reply: Type.Object({ holds: Type.Array(Hold) }),
  },
  'POST /recordings/:id/holds': {
    access: 'hold.place',
    summary: 'Hold a recording back from destruction; an entry, in force at once',
    params: ById,
    body: Type.Object({ reason: Reason, basis: Words(60) }),
    reply: Hold,
  },
  'POST /retention/holds/:id/notification': {
    access: 'hold.place',
    summary: 'The notice to the police and its receipt; an entry',
    params: ById,
    body: Type.Object({
      number: Words(80),
      date: Type.String({ format: 'date' }),
      channel: Words(80),
      fileName: Words(200),
      fileSha256: Sha256Hex,
    }),
    reply: Hold,
  },
  'POST /retention/holds/:id/release': {
    access: 'retention.propose',
    summary: 'Ask to release it; somebody else approves',
    params: ById,
    body: Type.Object({ reason: Reason }),
    reply: Hold,
  },
  'POST /retention/holds/:id/release/approve': {
    access: 'retention.approve',
    summary: 'The second person; released once the entry is witnessed',
    params: ById,
    reply: Hold,
  },
  'POST /retention/holds/:id/release/refuse': {
    access: 'retention.propose',
    summary: 'The hold stays; an entry',
    params: ById,
    body: Type.Object({ reason: Reason }),
    reply: Hold,
  },
  'POST /recordings/:id/freezes': {
    access: 'hold.place',
    summary:
      'A complaint, request, appeal or case that is open freezes it; an entry. Repeated for the same reference: the same',
    params: ById,
    body: Type.Object({ kind: Type.Enum([...freezeKinds]), reference: Words(120) }),
    reply: Freeze,
  },
  'POST /retention/freezes/:id/close': {
    access: 'hold.place',
    summary: 'Say that the proceeding ended; somebody else approves. An entry',
    params: ById,
    body: Type.Object({ reason: Reason }),
    reply: Freeze,
  },
  'POST /retention/freezes/:id/close/approve': {
    access: 'retention.approve',
    summary:
      'The second person; it closes once the entry is witnessed, and a request freezes on until nobody can appeal',
    params: ById,
    reply: Freeze,
  },
  'POST /retention/freezes/:id/close/refuse': {
    access: 'hold.place',
    summary: 'It has not ended: it freezes on; an entry',
    params: ById,
    body: Type.Object({ reason: Reason }),
    reply: Freeze,
  },
} as const satisfies Operations
