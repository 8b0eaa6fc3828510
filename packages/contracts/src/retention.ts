import { Type } from 'typebox'
import { InstantMs, May, nullable, type Operations, Page, Sha256Hex, Uuid, Words } from './operation.ts'
import { categories } from './purposes.ts'

/** What a term is set for: a recording's category, or `none` while nobody gave it one. */
export const retentionCategories = ['none', ...categories] as const
export type RetentionCategory = (typeof retentionCategories)[number]
/** Waiting times a municipality may change; each change goes the way of a change of term. */
export const retentionSettings = ['waiting-days', 'cooling-hours', 'snapshot-days'] as const
export type RetentionSetting = (typeof retentionSettings)[number]
export const freezeKinds = ['case', 'complaint', 'request', 'appeal'] as const
export type FreezeKind = (typeof freezeKinds)[number]
/** How sure it is that the law says so: `text` was read, `secondhand` is what others say it says, `choice` is ours. */
export const confidences = ['text', 'secondhand', 'choice'] as const

export const Span = Type.Object({
  unit: Type.Enum(['day', 'year']),
  count: Type.Integer({ minimum: 1, maximum: 36_500 }),
})
export const Source = Type.Object({
  norm: Type.String(),
  article: Type.String(),
  confidence: Type.Enum([...confidences]),
})
const CategoryName = Type.Enum([...retentionCategories])
const SettingName = Type.Enum([...retentionSettings])
const Person = Type.Object({ name: Type.String(), at: InstantMs, entry: Uuid })

export const RetentionRule = Type.Object({
  category: CategoryName,
  /** Null: kept until two people release it. */
  keep: nullable(Span),
  /** A proceeding that closed lets it go so much later, when that is sooner than `keep`. */
  afterClosing: nullable(Span),
  reviewEveryDays: nullable(Type.Integer()),
  sources: Type.Array(Source),
  /** Epoch ms; null for what the legal profile says from the beginning. */
  changedAt: nullable(InstantMs),
  weakened: Type.Boolean(),
  recordings: Type.Integer(),
})
export const LegalNumber = Type.Object({
  id: Type.String(),
  value: Type.Integer(),
  unit: Type.Enum(['calendar-day', 'working-day', 'year', 'hour']),
  sources: Type.Array(Source),
  /** Local dates, YYYY-MM-DD; `until` null while in force. */
  from: Type.String(),
  until: nullable(Type.String()),
})

/** A change somebody wishes: of a category's term, of a waiting time, or of what is kept already. */
export const ChangeWish = Type.Object({
  kind: Type.Enum(['term', 'setting', 'existing']),
  category: Type.Optional(CategoryName),
  keep: Type.Optional(nullable(Span)),
  setting: Type.Optional(SettingName),
  value: Type.Optional(Type.Integer({ minimum: 0, maximum: 36_500 })),
})
/** What a change would do, counted exactly. Nothing has been done. */
export const Simulation = Type.Object({
  /** Recordings of the category that are kept now. */
  recordings: Type.Integer(),
  earlier: Type.Integer(),
  later: Type.Integer(),
  /** By how many calendar days, where they differ. */
  groups: Type.Array(Type.Object({ days: Type.Integer(), recordings: Type.Integer() })),
  /** Of those that would leave earlier. */
  inCases: Type.Integer(),
  held: Type.Integer(),
  dueAtOnce: Type.Integer(),
  /** Sealed in the category within the last 30 days: what a term for new ones is about. */
  lastMonth: Type.Integer(),
  weakening: Type.Boolean(),
  /** Longer than the directive advises (60 calendar days) without evidence in it. */
  aboveAdvised: Type.Boolean(),
  /** When it could be in force at the earliest, were it approved now. */
  earliestAt: InstantMs,
})
export const RetentionChange = Type.Object({
  id: Uuid,
  number: Type.Integer(),
  wish: ChangeWish,
  reason: Type.String(),
  simulation: Simulation,
  state: Type.Enum(['proposed', 'approved', 'in-force', 'refused']),
  proposed: Person,
  decided: nullable(Person),
  takesEffectAt: nullable(InstantMs),
  inForceAt: nullable(InstantMs),
  may: May,
})
export const Hold = Type.Object({
  id: Uuid,
  recording: Type.Object({ id: Uuid, code: Type.String() }),
  reason: Type.String(),
  basis: Type.String(),
  sources: Type.Array(Source),
  state: Type.Enum(['held', 'release-asked', 'release-approved', 'released']),
  placed: Person,
  /** The basis demands that the police be told. */
  mustNotify: Type.Boolean(),
  notification: nullable(
    Type.Object({
      number: Type.String(),
      date: Type.String(),
      channel: Type.String(),
      fileName: Type.String(),
      fileSha256: Sha256Hex,
      noted: Person,
    }),
  ),
  release: nullable(Type.Object({ reason: Type.String(), asked: Person, approved: nullable(Person) })),
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
  closing: nullable(Type.Object({ reason: Type.String(), asked: Person, approved: nullable(Person) })),
  may: May,
})
export const Leaving = Type.Object({
  recording: Uuid,
  code: Type.String(),
  device: Type.String(),
  category: CategoryName,
  capturedAt: InstantMs,
  sizeBytes: Type.Integer(),
  leavesAt: nullable(InstantMs),
  held: Type.Boolean(),
  frozen: Type.Boolean(),
})
export const DestructionBatch = Type.Object({
  id: Uuid,
  number: Type.Integer(),
  state: Type.Enum(['proposed', 'reviewed', 'approved', 'running', 'done', 'stopped']),
  proposedAt: InstantMs,
  recordings: Type.Integer(),
  destroyed: Type.Integer(),
  left: Type.Integer(),
  sizeBytes: Type.Integer(),
  schedule: nullable(Type.String()),
  reviewed: nullable(Person),
  approved: nullable(Person),
  stopped: nullable(Type.Object({ name: Type.String(), at: InstantMs, reason: Type.String() })),
  runsAt: nullable(InstantMs),
  acta: nullable(
    Type.Object({
      number: Type.String(),
      sha256: Sha256Hex,
      erasedAt: InstantMs,
      finalAt: InstantMs,
      url: Type.String(),
    }),
  ),
  may: May,
})
export const BatchItem = Type.Object({
  recording: Uuid,
  code: Type.String(),
  device: Type.String(),
  category: CategoryName,
  capturedAt: InstantMs,
  leavesAt: InstantMs,
  sizeBytes: Type.Integer(),
  manifestSha256: nullable(Sha256Hex),
  state: Type.Enum(['waiting', 'left-out', 'under-way', 'destroyed']),
  /** Why it was left out. */
  reason: nullable(Type.String()),
  step: Type.Integer(),
})

const ById = Type.Object({ id: Uuid })
const Reason = Words(500)

export const retentionOperations = {
  'GET /retention': {
    access: 'retention.read',
    summary: 'What leaves when, in local days, and what needs somebody now',
    reply: Type.Object({
      nowMs: InstantMs,
      timeZone: Type.String(),
      kept: Type.Integer(),
      untilReleased: Type.Integer(),
      held: Type.Integer(),
      frozen: Type.Integer(),
      /** Holds whose basis demands notice to the police, without one. */
      unnotified: Type.Integer(),
      due: Type.Integer(),
      destroyed: Type.Integer(),
      /** Local dates from today on that at least one recording leaves at, the next 90 of them. */
      days: Type.Array(Type.Object({ date: Type.String(), recordings: Type.Integer(), sizeBytes: Type.Integer() })),
    }),
  },
  'GET /retention/leaving': {
    access: 'retention.read',
    summary: 'Recordings in the order in which they leave',
    query: Type.Object({ category: Type.Optional(CategoryName), ...Page }),
    reply: Type.Object({ recordings: Type.Array(Leaving), next: nullable(Type.String()) }),
  },
  'GET /retention/rules': {
    access: 'retention.read',
    summary: 'Terms by category and the numbers of the legal profile, each with its norm',
    reply: Type.Object({
      profile: Type.Object({ id: Type.String(), from: Type.String(), numbers: Type.Array(LegalNumber) }),
      rules: Type.Array(RetentionRule),
      settings: Type.Array(
        Type.Object({
          setting: SettingName,
          value: Type.Integer(),
          usual: Type.Integer(),
          changedAt: nullable(InstantMs),
        }),
      ),
      bases: Type.Array(Type.Object({ id: Type.String(), mustNotify: Type.Boolean(), sources: Type.Array(Source) })),
      changes: Type.Array(RetentionChange),
      may: May,
    }),
  },
  'POST /retention/simulations': {
    access: 'retention.read',
    summary: 'What a change would do; nothing is done',
    body: ChangeWish,
    reply: Simulation,
  },
  'POST /retention/changes': {
    access: 'retention.propose',
    summary: 'Propose a change, with what it would do; an entry. Somebody else approves it',
    body: Type.Object({ wish: ChangeWish, reason: Reason }),
    reply: RetentionChange,
  },
  'POST /retention/changes/:id/approve': {
    access: 'retention.approve',
    summary: 'The second person; it is in force after the waiting period, and a weakening once its entry is witnessed',
    params: ById,
    reply: RetentionChange,
  },
  'POST /retention/changes/:id/refuse': {
    access: 'retention.propose',
    summary: 'Refuse or withdraw it before it is in force; an entry',
    params: ById,
    body: Type.Object({ reason: Reason }),
    reply: RetentionChange,
  },
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
  'GET /recordings/:id/retention': {
    access: 'retention.read',
    summary: 'Until when a recording is kept, by which rule, and what holds it back',
    params: ById,
    reply: Type.Object({
      sealed: Type.Boolean(),
      category: CategoryName,
      keep: nullable(Span),
      sources: Type.Array(Source),
      leavesAt: nullable(InstantMs),
      destroyedAt: nullable(InstantMs),
      finalAt: nullable(InstantMs),
      acta: nullable(Type.String()),
      batch: nullable(Type.Object({ id: Uuid, number: Type.Integer(), runsAt: nullable(InstantMs) })),
      holds: Type.Array(Hold),
      freezes: Type.Array(Freeze),
      bases: Type.Array(Type.Object({ id: Type.String(), mustNotify: Type.Boolean() })),
      may: May,
    }),
  },
  'GET /retention/batches': {
    access: 'retention.read',
    summary: 'Batches for destruction, newest first',
    reply: Type.Object({ batches: Type.Array(DestructionBatch) }),
  },
  'GET /retention/batches/:id': {
    access: 'retention.read',
    summary: 'A batch with its recordings',
    params: ById,
    reply: Type.Object({ batch: DestructionBatch, items: Type.Array(BatchItem) }),
  },
  'POST /retention/batches/:id/review': {
    access: 'destruction.review',
    summary: 'The first person: names the approved records schedule, leaves out what must stay; an entry',
    params: ById,
    body: Type.Object({
      schedule: Words(120),
      leaveOut: Type.Array(Type.Object({ recording: Uuid, reason: Reason }), { maxItems: 500 }),
    }),
    reply: DestructionBatch,
  },
  'POST /retention/batches/:id/approve': {
    access: 'destruction.approve',
    summary: 'The second person; runs after the cooling-off period and once the entry is witnessed',
    params: ById,
    reply: DestructionBatch,
  },
  'POST /retention/batches/:id/stop': {
    access: 'hold.place',
    summary: 'Stop it before it runs; an entry, at once',
    params: ById,
    body: Type.Object({ reason: Reason }),
    reply: DestructionBatch,
  },
  'GET /retention/batches/:id/acta.pdf': {
    access: 'retention.read',
    summary: 'The record of destruction (acta de eliminación), tagged PDF',
    params: ById,
    reply: 'stream',
  },
  'GET /retention/batches/:id/acta.json': {
    access: 'retention.read',
    summary: 'Its signature: a DSSE envelope that names the PDF by its hash',
    params: ById,
    reply: 'stream',
  },
  'GET /public/retention': {
    access: 'public',
    summary: 'For everybody: terms in force, how often protection was weakened, how much was destroyed',
    reply: Type.Object({
      nowMs: InstantMs,
      profile: Type.String(),
      floorDays: Type.Integer(),
      rules: Type.Array(Type.Object({ category: CategoryName, keep: nullable(Span), sources: Type.Array(Source) })),
      weakenings: Type.Integer(),
      lastWeakenings: Type.Array(Type.Object({ at: InstantMs, wish: ChangeWish, reason: Type.String(), entry: Uuid })),
      destroyed: Type.Integer(),
      batches: Type.Integer(),
    }),
  },
} as const satisfies Operations
