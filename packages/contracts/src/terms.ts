import { Type } from 'typebox'
import { ById, InstantMs, May, nullable, type Operations, Uuid, Words } from './operation.ts'
import { categories } from './purposes.ts'

/** What a term is set for: a recording's category, or `none` while nobody gave it one. */
export const retentionCategories = ['none', ...categories] as const
export type RetentionCategory = (typeof retentionCategories)[number]
/** Waiting times a municipality may change; each change goes the way of a change of term. */
export const retentionSettings = ['waiting-days', 'cooling-hours', 'snapshot-days'] as const
export type RetentionSetting = (typeof retentionSettings)[number]
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
export const TermCategory = Type.Enum([...retentionCategories])
const SettingName = Type.Enum([...retentionSettings])
/** A step of a procedure: who took it, when, and the entry that says so. */
export const DoneBy = Type.Object({ name: Type.String(), at: InstantMs, entry: Uuid })

export const RetentionRule = Type.Object({
  category: TermCategory,
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
  category: Type.Optional(TermCategory),
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
  proposed: DoneBy,
  decided: nullable(DoneBy),
  takesEffectAt: nullable(InstantMs),
  inForceAt: nullable(InstantMs),
  may: May,
})

const Reason = Words(500)

/** How long what is kept, by which norm, and how that changes. */
export const termOperations = {
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
} as const satisfies Operations
