import { type Static, Type } from 'typebox'
import { CustodyEntry, evidenceOperations, Recording } from './evidence.ts'
import { Watch } from './live.ts'
import { Done, InstantMs, May, nullable, type Operations, Page, Sha256Hex, Uuid, Words } from './operation.ts'
import { guestRoles } from './permissions.ts'
import { purposes } from './purposes.ts'

export const caseKinds = ['crime', 'minor-offence', 'accident', 'force', 'complaint', 'other'] as const
export type CaseKind = (typeof caseKinds)[number]
/** `suspect`: as a report named somebody. Nothing here says that anybody did anything. */
export const caseRoles = ['complainant', 'victim', 'witness', 'officer', 'suspect', 'other'] as const
export type CaseRole = (typeof caseRoles)[number]
/** To whom evidence is handed over by law: Policía Nacional del Perú, Ministerio Público. */
export const authorities = ['pnp', 'mp'] as const
export type Authority = (typeof authorities)[number]

const Kind = Type.Enum([...caseKinds])
const Tags = Type.Array(Type.String({ minLength: 1, maxLength: 40 }), { maxItems: 20 })

/** The clock of DS 007-2020-IN art. 17.1.b: 24 hours from knowledge. */
export const HandOverClock = Type.Object({
  knownAt: InstantMs,
  dueAt: InstantMs,
  /** When the hand-over was received; null while the clock runs. */
  doneAt: nullable(InstantMs),
  stage: Type.Enum(['running', 'twelve', 'twenty', 'overdue', 'done', 'late']),
})
export type HandOverClock = Static<typeof HandOverClock>

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
export const Share = Type.Object({
  id: Uuid,
  role: Type.Enum([...guestRoles]),
  name: Type.String(),
  office: Type.String(),
  basis: Type.String(),
  download: Type.Boolean(),
  createdAt: InstantMs,
  createdBy: Type.String(),
  expiresAt: InstantMs,
  revokedAt: nullable(InstantMs),
  revokedBecause: nullable(Type.String()),
  state: Type.Enum(['open', 'expired', 'revoked']),
  lastSeenAt: nullable(InstantMs),
  /** Looks, copies and live views of this guest so far. */
  looks: Type.Integer(),
})
export type Share = Static<typeof Share>
export const LiveShare = Type.Object({
  id: Uuid,
  share: Uuid,
  guest: Type.String(),
  device: Uuid,
  deviceCode: Type.String(),
  officer: Type.String(),
  reason: Type.String(),
  openedAt: InstantMs,
  openedBy: Type.String(),
  untilAt: InstantMs,
  endedAt: nullable(InstantMs),
  endReason: nullable(Type.Enum(['revoked', 'expired', 'share-ended', 'shift-ended'])),
})
export type LiveShare = Static<typeof LiveShare>
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

const ById = Type.Object({ id: Uuid })
const InCase = <Name extends string>(name: Name) =>
  Type.Object({ id: Uuid, [name]: Uuid } as { readonly id: typeof Uuid } & Readonly<Record<Name, typeof Uuid>>)
const Because = Type.Object({ reason: Words(500) })
const PurposeWish = Type.Object({ purpose: Type.Enum([...purposes]), reference: Type.Optional(Words(120)) })
const Made = Type.Object({
  export: Uuid,
  entry: Uuid,
  promise: Type.String(),
  url: Type.String(),
  fileName: Type.String(),
  sizeBytes: Type.Integer(),
  expiresAt: InstantMs,
})
const OpenLook = Type.Object({
  look: Uuid,
  entry: Uuid,
  promise: Type.String(),
  policy: Type.String(),
  expiresAt: InstantMs,
  playlist: Type.String(),
  watermark: Type.String(),
})
const OpenDerivative = Type.Object({ url: Type.String(), entry: Uuid, expiresAt: InstantMs })
const Entrance = Type.Object({ url: Type.String(), code: Type.String(), expiresAt: InstantMs })

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
    params: InCase('recording'),
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
    params: InCase('person'),
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
    params: InCase('derivative'),
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
    params: InCase('recording'),
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
  'POST /cases/:id/shares': {
    access: 'case.share',
    summary:
      'An outside account bound to this case until an instant; replies with its address and code, or with none where another person must hand them out',
    params: ById,
    body: Type.Object({
      role: Type.Enum([...guestRoles]),
      name: Words(120),
      office: Words(200),
      /** The request, resolution or order under which it is shared. */
      basis: Words(300),
      download: Type.Boolean(),
      expiresAt: InstantMs,
    }),
    reply: Type.Object({ share: Share, entrance: nullable(Entrance) }),
  },
  'POST /cases/:id/shares/:share/entrance': {
    access: 'case.share',
    summary: 'A new address and code for the same guest; the old ones are worth nothing',
    params: InCase('share'),
    reply: Entrance,
  },
  'POST /cases/:id/shares/:share/revoke': {
    access: 'case.share',
    summary: 'End a share at once, with a reason',
    params: InCase('share'),
    body: Because,
    reply: Done,
  },
  'GET /cases/:id/shares/:share/looks': {
    access: 'case.share',
    summary: 'Everything this guest did',
    params: InCase('share'),
    reply: Type.Object({ entries: Type.Array(CustodyEntry) }),
  },
  'POST /cases/:id/live': {
    access: 'case.share',
    summary: 'Let a police guest of this case see one unit live, thirty minutes at most (DS 007-2020-IN art. 17.1.a)',
    params: ById,
    body: Type.Object({
      share: Uuid,
      device: Uuid,
      reason: Words(500),
      minutes: Type.Integer({ minimum: 1, maximum: 30 }),
    }),
    reply: LiveShare,
  },
  'POST /cases/:id/live/:live/revoke': {
    access: 'case.share',
    summary: 'End the live view within two seconds',
    params: InCase('live'),
    body: Because,
    reply: Done,
  },
} as const satisfies Operations

/** What an outside account may do, and all it may do besides its own session. */
export const guestOperations = {
  'GET /guest/case': {
    access: 'shared.read',
    summary: 'The one case that was shared: what a guest sees of it, until when, and what is allowed',
    reply: Type.Object({
      code: Type.String(),
      title: Type.String(),
      kind: Kind,
      municipality: Type.Object({ name: Type.String(), timeZone: Type.String(), fictitious: Type.Boolean() }),
      guest: Type.Object({
        name: Type.String(),
        role: Type.Enum([...guestRoles]),
        office: Type.String(),
        basis: Type.String(),
        download: Type.Boolean(),
        expiresAt: InstantMs,
      }),
      recordings: Type.Array(Recording),
      derivatives: Type.Array(Derivative),
      live: Type.Array(LiveShare),
      nowMs: InstantMs,
    }),
  },
  'GET /guest/recordings/:id': {
    access: 'shared.read',
    summary: 'One recording of the case: axis, marks, track',
    params: ById,
    reply: evidenceOperations['GET /recordings/:id'].reply,
  },
  'GET /guest/recordings/:id/custody': {
    access: 'shared.read',
    summary: 'Everything that was done with it',
    params: ById,
    reply: Type.Object({ entries: Type.Array(CustodyEntry) }),
  },
  'POST /guest/recordings/:id/looks': {
    access: 'shared.view',
    summary: 'Open the footage: an entry, committed before the first byte',
    params: ById,
    reply: OpenLook,
  },
  'POST /guest/looks/:look/renew': {
    access: 'shared.view',
    summary: 'Go on watching',
    params: Type.Object({ look: Uuid }),
    reply: Type.Object({ expiresAt: InstantMs, entry: Uuid }),
  },
  'POST /guest/looks/:look/close': {
    access: 'shared.view',
    summary: 'Stop watching',
    params: Type.Object({ look: Uuid }),
    reply: Done,
  },
  'GET /guest/looks/:look/index.m3u8': {
    access: 'shared.view',
    summary: 'HLS playlist (RFC 8216)',
    params: Type.Object({ look: Uuid }),
    reply: 'stream',
  },
  'GET /guest/looks/:look/init.mp4': {
    access: 'shared.view',
    summary: 'Init segment',
    params: Type.Object({ look: Uuid }),
    reply: 'stream',
  },
  'GET /guest/looks/:look/:sequence': {
    access: 'shared.view',
    summary: 'A media segment (`<sequence>.m4s`)',
    params: Type.Object({ look: Uuid, sequence: Type.String({ pattern: '^[0-9]{1,10}\\.m4s$' }) }),
    reply: 'stream',
  },
  'POST /guest/recordings/:id/exports': {
    access: 'shared.download',
    summary: 'Make an evidence package, where the share allows copies',
    params: ById,
    reply: Made,
  },
  'GET /guest/exports/:id/package.zip': {
    access: 'shared.download',
    summary: 'The package',
    params: ById,
    reply: 'stream',
  },
  'POST /guest/derivatives/:derivative/open': {
    access: 'shared.view',
    summary: 'Open a clip or still: an entry before its first byte',
    params: Type.Object({ derivative: Uuid }),
    reply: OpenDerivative,
  },
  'GET /guest/derivatives/:opening/file': {
    access: 'shared.view',
    summary: 'The clip or still',
    params: Type.Object({ opening: Uuid }),
    reply: 'stream',
  },
  'GET /guest/derivatives/:opening/lineage.json': {
    access: 'shared.view',
    summary: 'Where it comes from, signed',
    params: Type.Object({ opening: Uuid }),
    reply: 'stream',
  },
  'GET /guest/looks': {
    access: 'shared.read',
    summary: 'Everything that was recorded about me here: each entrance, look and copy',
    reply: Type.Object({ entries: Type.Array(CustodyEntry) }),
  },
  'POST /guest/live/:live/watch': {
    access: 'shared.live',
    summary: 'See the unit live: an entry before the first frame, shown to the officer',
    params: Type.Object({ live: Uuid }),
    reply: Watch,
  },
  'POST /guest/watches/:id/renew': {
    access: 'shared.live',
    summary: 'Go on watching (each grant lives 60 s)',
    params: ById,
    reply: Type.Object({ expiresAt: InstantMs, grant: Type.String() }),
  },
  'POST /guest/watches/:id/close': { access: 'shared.live', summary: 'Stop watching', params: ById, reply: Done },
} as const satisfies Operations
