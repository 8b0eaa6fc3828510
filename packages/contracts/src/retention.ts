import { Type } from 'typebox'
import { Freeze, Hold } from './holds.ts'
import { ById, InstantMs, May, nullable, type Operations, Page, Uuid } from './operation.ts'
import { ChangeWish, Source, Span, TermCategory } from './terms.ts'

export const Leaving = Type.Object({
  recording: Uuid,
  code: Type.String(),
  device: Type.String(),
  category: TermCategory,
  capturedAt: InstantMs,
  sizeBytes: Type.Integer(),
  leavesAt: nullable(InstantMs),
  held: Type.Boolean(),
  frozen: Type.Boolean(),
})

/** What leaves when, and why. */
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
    query: Type.Object({ category: Type.Optional(TermCategory), ...Page }),
    reply: Type.Object({ recordings: Type.Array(Leaving), next: nullable(Type.String()) }),
  },
  'GET /recordings/:id/retention': {
    access: 'retention.read',
    summary: 'Until when a recording is kept, by which rule, and what holds it back',
    params: ById,
    reply: Type.Object({
      sealed: Type.Boolean(),
      category: TermCategory,
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
  'GET /public/retention': {
    access: 'public',
    summary: 'For everybody: terms in force, how often protection was weakened, how much was destroyed',
    reply: Type.Object({
      nowMs: InstantMs,
      profile: Type.String(),
      floorDays: Type.Integer(),
      rules: Type.Array(Type.Object({ category: TermCategory, keep: nullable(Span), sources: Type.Array(Source) })),
      weakenings: Type.Integer(),
      /** `wish` is null where a closed complaint made one recording's deadline earlier. */
      lastWeakenings: Type.Array(
        Type.Object({ at: InstantMs, wish: nullable(ChangeWish), reason: Type.String(), entry: Uuid }),
      ),
      destroyed: Type.Integer(),
      batches: Type.Integer(),
    }),
  },
} as const satisfies Operations
