import { type Static, Type } from 'typebox'
import { CustodyEntry } from './evidence.ts'
import { ById, Done, InstantMs, nullable, type Operations, Uuid, Within, Words } from './operation.ts'
import { guestRoles } from './permissions.ts'

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
  /** The guest comes back with a passkey of their own, without another code. */
  passkey: Type.Boolean(),
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

const Because = Type.Object({ reason: Words(500) })
const Entrance = Type.Object({ url: Type.String(), code: Type.String(), expiresAt: InstantMs })

/** Outside accounts bound to one case: made, renewed and ended by those who keep it. */
export const shareOperations = {
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
    params: Within('share'),
    reply: Entrance,
  },
  'POST /cases/:id/shares/:share/revoke': {
    access: 'case.share',
    summary: 'End a share at once, with a reason',
    params: Within('share'),
    body: Because,
    reply: Done,
  },
  'GET /cases/:id/shares/:share/looks': {
    access: 'case.share',
    summary: 'Everything this guest did',
    params: Within('share'),
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
    params: Within('live'),
    body: Because,
    reply: Done,
  },
} as const satisfies Operations
