import { type Static, Type } from 'typebox'
import { Derivative } from './derivatives.ts'
import { Recording } from './evidence.ts'
import { HandOver, HandOverClock } from './hand-overs.ts'
import { ById, Done, InstantMs, May, nullable, type Operations, Page, Uuid, Within, Words } from './operation.ts'
import { LiveShare, Share } from './shares.ts'

export const caseKinds = ['crime', 'minor-offence', 'accident', 'force', 'complaint', 'other'] as const
export type CaseKind = (typeof caseKinds)[number]
/** `suspect`: as a report named somebody. Nothing here says that anybody did anything. */
export const caseRoles = ['complainant', 'victim', 'witness', 'officer', 'suspect', 'other'] as const
export type CaseRole = (typeof caseRoles)[number]

const Kind = Type.Enum([...caseKinds])
const Tags = Type.Array(Type.String({ minLength: 1, maxLength: 40 }), { maxItems: 20 })

export const CaseSummary = Type.Object({
  id: Uuid,
  number: Type.Integer(),
  /** As people write it: `C-2026-0003`. */
  code: Type.String(),
  title: Type.String(),
  kind: Kind,
  state: Type.Enum(['open', 'closed', 'merged']),
  reserved: Type.Boolean(),
  tags: Tags,
  custodian: Type.Object({ id: Uuid, name: Type.String() }),
  openedAt: InstantMs,
  changedAt: InstantMs,
  closedAt: nullable(InstantMs),
  recordings: Type.Integer(),
  guests: Type.Integer(),
  clock: nullable(HandOverClock),
  mergedInto: nullable(Type.Object({ id: Uuid, code: Type.String() })),
})
export type CaseSummary = Static<typeof CaseSummary>
export const CaseRecording = Type.Object({
  recording: Recording,
  addedAt: InstantMs,
  addedBy: Type.String(),
  why: nullable(Type.String()),
  /** The case it was added to before a merge. */
  from: nullable(Type.String()),
})
export const CasePerson = Type.Object({
  id: Uuid,
  role: Type.Enum([...caseRoles]),
  /** A name, or what is written instead of it. */
  name: Type.String(),
  minor: Type.Boolean(),
  note: nullable(Type.String()),
  addedAt: InstantMs,
  addedBy: Type.String(),
})
/** A note, or a bookmark: a note with a place in a recording. */
export const CaseNote = Type.Object({
  id: Uuid,
  text: Type.String(),
  recording: nullable(Uuid),
  atMs: nullable(InstantMs),
  by: Type.String(),
  at: InstantMs,
})
/** One step of the case, in the one order of time. `kind` is an entry's kind, or `footage`, `mark`, `alarm`. */
export const TimelineItem = Type.Object({
  at: InstantMs,
  kind: Type.String(),
  who: nullable(Type.String()),
  text: nullable(Type.String()),
  recording: nullable(Uuid),
  /** Where in the recording, wall clock. */
  atMs: nullable(InstantMs),
  entry: nullable(Uuid),
  details: Type.Record(Type.String(), Type.String()),
})
export type TimelineItem = Static<typeof TimelineItem>

const Because = Type.Object({ reason: Words(500) })

export const caseOperations = {
  'GET /cases': {
    access: 'case.read',
    summary: 'Find cases by number, officer, place, time, state and free text (Spanish full text)',
    query: Type.Object({
      text: Type.Optional(Words(200)),
      number: Type.Optional(Type.Integer({ minimum: 1 })),
      state: Type.Optional(Type.Enum(['open', 'closed', 'merged'])),
      kind: Type.Optional(Kind),
      officer: Type.Optional(Uuid),
      quadrant: Type.Optional(Uuid),
      recording: Type.Optional(Uuid),
      fromMs: Type.Optional(Type.Integer()),
      toMs: Type.Optional(Type.Integer()),
      ...Page,
    }),
    reply: Type.Object({ cases: Type.Array(CaseSummary), next: nullable(Type.String()), nowMs: InstantMs }),
  },
  'POST /cases': {
    access: 'case.write',
    summary: 'Open a case; with a recording when one is the reason',
    body: Type.Object({
      title: Words(160),
      kind: Kind,
      summary: Type.Optional(Words(4000)),
      tags: Type.Optional(Tags),
      recordings: Type.Optional(Type.Array(Uuid, { maxItems: 100 })),
      /** When the crime became known: starts the 24-hour clock. */
      knownAt: Type.Optional(InstantMs),
    }),
    reply: CaseSummary,
  },
  'GET /cases/:id': {
    access: 'case.read',
    summary: 'The whole case: recordings, people, notes, clips, hand-overs, shares, timeline',
    params: ById,
    reply: Type.Object({
      case: CaseSummary,
      summary: nullable(Type.String()),
      closedBecause: nullable(Type.String()),
      recordings: Type.Array(CaseRecording),
      people: Type.Array(CasePerson),
      notes: Type.Array(CaseNote),
      derivatives: Type.Array(Derivative),
      handOvers: Type.Array(HandOver),
      shares: Type.Array(Share),
      live: Type.Array(LiveShare),
      mergedFrom: Type.Array(Type.Object({ id: Uuid, code: Type.String(), title: Type.String() })),
      timeline: Type.Array(TimelineItem),
      may: May,
      nowMs: InstantMs,
    }),
  },
  'PATCH /cases/:id': {
    access: 'case.write',
    summary: 'Change title, kind, summary or tags; before and after are in the entry',
    params: ById,
    body: Type.Object({
      title: Type.Optional(Words(160)),
      kind: Type.Optional(Kind),
      summary: Type.Optional(Type.String({ maxLength: 4000 })),
      tags: Type.Optional(Tags),
    }),
    reply: CaseSummary,
  },
  'POST /cases/:id/knowledge': {
    access: 'case.write',
    summary: 'A crime or offence became known: starts the 24-hour clock (DS 007-2020-IN art. 17.1.b)',
    params: ById,
    body: Type.Object({ knownAt: InstantMs, how: Words(500) }),
    reply: CaseSummary,
  },
  'POST /cases/:id/recordings': {
    access: 'case.write',
    summary: 'Add a recording: frozen while the case is open',
    params: ById,
    body: Type.Object({ recording: Uuid, why: Type.Optional(Words(500)) }),
    reply: Done,
  },
  'POST /cases/:id/recordings/:recording/remove': {
    access: 'case.write',
    summary: 'Take out a recording that was added by mistake; the case keeps that it was there',
    params: Within('recording'),
    body: Because,
    reply: Done,
  },
  'POST /cases/:id/people': {
    access: 'case.write',
    summary: 'A person of the case with a role; as little as is needed',
    params: ById,
    body: Type.Object({
      role: Type.Enum([...caseRoles]),
      name: Words(120),
      minor: Type.Optional(Type.Boolean()),
      note: Type.Optional(Words(500)),
    }),
    reply: CasePerson,
  },
  'POST /cases/:id/people/:person/remove': {
    access: 'case.write',
    summary: 'Take a person out, with a reason',
    params: Within('person'),
    body: Because,
    reply: Done,
  },
  'POST /cases/:id/notes': {
    access: 'case.write',
    summary: 'A note; with a recording and an instant it is a bookmark',
    params: ById,
    body: Type.Object({ text: Words(4000), recording: Type.Optional(Uuid), atMs: Type.Optional(InstantMs) }),
    reply: CaseNote,
  },
  'POST /cases/:id/merge': {
    access: 'case.manage',
    summary: 'Merge another case into this one: nothing is lost, the other one says where it went',
    params: ById,
    body: Type.Object({ other: Uuid, reason: Words(500) }),
    reply: CaseSummary,
  },
  'POST /cases/:id/transfer': {
    access: 'case.manage',
    summary: 'Transfer to another custodian',
    params: ById,
    body: Type.Object({ custodian: Uuid, reason: Words(500) }),
    reply: CaseSummary,
  },
  'GET /cases/:id/custodians': {
    access: 'case.manage',
    summary: 'To whom the case can be transferred',
    params: ById,
    reply: Type.Object({ custodians: Type.Array(Type.Object({ id: Uuid, name: Type.String() })) }),
  },
  'POST /cases/:id/close': {
    access: 'case.manage',
    summary: 'Close with a reason: ends its shares, releases its freeze',
    params: ById,
    body: Because,
    reply: CaseSummary,
  },
  'POST /cases/:id/reopen': {
    access: 'case.manage',
    summary: 'Reopen with a reason',
    params: ById,
    body: Because,
    reply: CaseSummary,
  },
} as const satisfies Operations
