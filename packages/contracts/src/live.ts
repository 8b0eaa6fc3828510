import { type Static, Type } from 'typebox'
import { PurposeName } from './evidence.ts'
import { ById, Done, InstantMs, May, nullable, type Operations, Uuid, Words } from './operation.ts'
import { Fix } from './tracks.ts'

/** A unit on the map: a device issued for a shift that has started. */
export const Unit = Type.Object({
  device: Uuid,
  deviceCode: Type.String(),
  officer: Type.Object({ id: Uuid, code: Type.String(), name: Type.String() }),
  quadrant: nullable(Type.Object({ id: Uuid, code: Type.String() })),
  status: Type.Enum(['free', 'recording', 'sos', 'away']),
  fix: nullable(Fix),
  seenAt: nullable(InstantMs),
  batteryPercent: nullable(Type.Integer()),
  recording: nullable(Uuid),
  recordingSince: nullable(InstantMs),
  streaming: Type.Boolean(),
  watchers: Type.Integer(),
  simulated: Type.Boolean(),
  may: May,
})
export type Unit = Static<typeof Unit>

export const Alarm = Type.Object({
  id: Uuid,
  number: Type.Integer(),
  kind: Type.Enum(['sos', 'battery', 'storage', 'clock', 'gap', 'lost', 'silent', 'stuck-segment', 'hand-over']),
  device: nullable(Uuid),
  deviceCode: nullable(Type.String()),
  officer: nullable(Type.Object({ id: Uuid, code: Type.String(), name: Type.String() })),
  raisedAt: InstantMs,
  receivedAt: InstantMs,
  recording: nullable(Uuid),
  latitude: nullable(Type.Number()),
  longitude: nullable(Type.Number()),
  place: nullable(Type.String()),
  detail: nullable(Type.String()),
  acknowledgedAt: nullable(InstantMs),
  acknowledgedBy: nullable(Type.String()),
  cancelledAt: nullable(InstantMs),
  closedAt: nullable(InstantMs),
  closedNote: nullable(Type.String()),
  may: May,
})
export type Alarm = Static<typeof Alarm>

export const Watch = Type.Object({
  id: Uuid,
  device: Uuid,
  purpose: PurposeName,
  reference: nullable(Type.String()),
  /** Single use: opens `GET /api/live/watch?grant=…` within 60 s; renew keeps the watch alive. */
  grant: Type.String(),
  entry: Uuid,
  promise: Type.String(),
  policy: Type.String(),
  startedAt: InstantMs,
  expiresAt: InstantMs,
  watermark: Type.String(),
})

export const liveOperations = {
  'GET /units': {
    access: 'unit.read',
    summary: 'Units on duty, with the age of everything',
    reply: Type.Object({ units: Type.Array(Unit), nowMs: InstantMs }),
  },
  'GET /units/:id/purposes': {
    access: 'live.watch',
    summary: 'For what the asker may watch this device now',
    params: ById,
    reply: Type.Object({ purposes: Type.Array(PurposeName) }),
  },
  'POST /watches': {
    access: 'live.watch',
    summary:
      'Ask to watch a device live: an entry before the first frame, shown to the officer; starts the live leg when the device records without it',
    body: Type.Object({ device: Uuid, purpose: PurposeName, reference: Type.Optional(Words(120)) }),
    reply: Watch,
  },
  'POST /watches/:id/renew': {
    access: 'live.watch',
    summary: 'Go on watching (each grant lives 60 s)',
    params: ById,
    reply: Type.Object({ expiresAt: InstantMs, grant: Type.String() }),
  },
  'POST /watches/:id/close': {
    access: 'live.watch',
    summary: 'Stop watching; the closing entry counts frames',
    params: ById,
    reply: Done,
  },
  'GET /watches': {
    access: 'live.revoke',
    summary: 'Who watches whom now',
    reply: Type.Object({
      watches: Type.Array(
        Type.Object({
          id: Uuid,
          device: Uuid,
          deviceCode: Type.String(),
          who: Type.String(),
          purpose: Type.String(),
          startedAt: InstantMs,
        }),
      ),
    }),
  },
  'POST /watches/:id/revoke': {
    access: 'live.revoke',
    summary: 'End somebody’s watch within two seconds',
    params: ById,
    body: Type.Object({ reason: Words(300) }),
    reply: Done,
  },
} as const satisfies Operations

export const incidentOperations = {
  'GET /alarms': {
    access: 'alarm.read',
    summary: 'Alarms: open ones first, then today’s',
    query: Type.Object({ all: Type.Optional(Type.Boolean()) }),
    reply: Type.Object({ alarms: Type.Array(Alarm), nowMs: InstantMs }),
  },
  'POST /alarms/:id/acknowledge': {
    access: 'alarm.acknowledge',
    summary: 'A named person has seen it; the phone says so',
    params: ById,
    reply: Alarm,
  },
  'POST /alarms/:id/close': {
    access: 'alarm.acknowledge',
    summary: 'Close with what happened',
    params: ById,
    body: Type.Object({ note: Words(1000) }),
    reply: Alarm,
  },
  'POST /device/sos': {
    access: 'device',
    summary: 'SOS; idempotent by id',
    body: Type.Object({ id: Uuid, atMs: InstantMs, recording: Type.Optional(Uuid), fix: Type.Optional(Fix) }),
    reply: Alarm,
  },
  'POST /device/sos/:id/cancel': {
    access: 'device',
    summary: 'The officer says it was by mistake, or is safe. It stays open until a person closes it',
    params: ById,
    body: Type.Object({ safe: Type.Boolean() }),
    reply: Alarm,
  },
} as const satisfies Operations
