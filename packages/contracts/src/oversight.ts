import { Type } from 'typebox'
import { PurposeName } from './evidence.ts'
import { RoleName } from './identity.ts'
import { Done, InstantMs, May, nullable, type Operations, Page, Uuid, Words } from './operation.ts'

export const glassOutcomes = ['justified', 'not-justified', 'referred'] as const
const View = Type.Object({
  entry: Uuid,
  at: InstantMs,
  kind: Type.String(),
  who: Type.String(),
  role: nullable(Type.String()),
  purpose: nullable(Type.String()),
  reference: nullable(Type.String()),
  policy: nullable(Type.String()),
  allowed: Type.Boolean(),
  recording: nullable(Uuid),
  /** The officer recorded, by name; null where none is known. */
  officer: nullable(Type.String()),
})

export const oversightOperations = {
  'POST /recordings/:id/break-glass': {
    access: 'recording.break-glass',
    summary:
      'Open a recording one may not open, with a factor proven within five minutes and a written reason; reviewed within 72 h',
    params: Type.Object({ id: Uuid }),
    body: Type.Object({ purpose: PurposeName, reason: Type.String({ minLength: 20, maxLength: 2000 }) }),
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
  'GET /reviews': {
    access: 'review.read',
    summary: 'Emergency openings and reviews of privileges: those that wait, those overdue, those done',
    reply: Type.Object({
      glass: Type.Array(
        Type.Object({
          id: Uuid,
          recording: Uuid,
          who: Type.String(),
          role: Type.String(),
          purpose: Type.String(),
          reason: Type.String(),
          openedAt: InstantMs,
          dueAt: InstantMs,
          overdue: Type.Boolean(),
          outcome: nullable(Type.Enum([...glassOutcomes])),
          note: nullable(Type.String()),
          reviewedBy: nullable(Type.String()),
          reviewedAt: nullable(InstantMs),
          may: May,
        }),
      ),
      privileges: Type.Array(
        Type.Object({
          id: Uuid,
          dueAt: InstantMs,
          overdue: Type.Boolean(),
          note: nullable(Type.String()),
          confirmedBy: nullable(Type.String()),
          confirmedAt: nullable(InstantMs),
          accounts: Type.Array(
            Type.Object({
              id: Uuid,
              name: Type.String(),
              signIn: Type.String(),
              roles: Type.Array(RoleName),
              active: Type.Boolean(),
              strong: Type.Boolean(),
              seenAt: nullable(InstantMs),
            }),
          ),
          may: May,
        }),
      ),
    }),
  },
  'POST /reviews/glass/:id': {
    access: 'review.decide',
    summary: 'The outcome of an emergency opening; never by whoever opened it; an entry',
    params: Type.Object({ id: Uuid }),
    body: Type.Object({ outcome: Type.Enum([...glassOutcomes]), note: Words(2000) }),
    reply: Done,
  },
  'POST /reviews/privileges/:id': {
    access: 'review.decide',
    summary: 'Confirm that accounts and roles were gone through; the report is kept as it was; an entry',
    params: Type.Object({ id: Uuid }),
    body: Type.Object({ note: Words(2000) }),
    reply: Done,
  },
  'GET /views': {
    access: 'view.read',
    summary: 'Who looked at what, when and why, newest first; reading it is an entry',
    query: Type.Object({
      who: Type.Optional(Type.String({ maxLength: 120 })),
      recording: Type.Optional(Uuid),
      officer: Type.Optional(Uuid),
      purpose: Type.Optional(PurposeName),
      from: Type.Optional(InstantMs),
      to: Type.Optional(InstantMs),
      allowed: Type.Optional(Type.Boolean()),
      ...Page,
    }),
    reply: Type.Object({ views: Type.Array(View), next: nullable(Type.String()) }),
  },
  'GET /me/views': {
    access: 'view.own',
    summary: 'Who looked at my recordings and watched me live, when and why',
    query: Type.Object(Page),
    reply: Type.Object({ views: Type.Array(View), next: nullable(Type.String()) }),
  },
} as const satisfies Operations
