import { type Static, Type } from 'typebox'
import {
  Base64Url,
  ById,
  Done,
  InstantMs,
  May,
  nullable,
  type Operations,
  Sha256Hex,
  Uuid,
  Words,
} from './operation.ts'

export const DeviceKind = Type.Enum(['phone', 'body-camera', 'fixed-camera', 'drone', 'dock'])
export const DeviceState = Type.Enum(['registered', 'enrolled', 'issued', 'lost', 'stolen', 'revoked', 'retired'])
export const Health = Type.Object({
  batteryPercent: nullable(Type.Integer({ minimum: 0, maximum: 100 })),
  charging: nullable(Type.Boolean()),
  freeBytes: nullable(Type.Integer({ minimum: 0 })),
  /** Device clock minus server clock. */
  clockOffsetMs: nullable(Type.Integer()),
  appVersion: Type.String({ maxLength: 60 }),
  persisted: nullable(Type.Boolean()),
  queuedSegments: Type.Integer({ minimum: 0 }),
  recording: nullable(Uuid),
})
export const Officer = Type.Object({
  id: Uuid,
  code: Words(20),
  name: Words(120),
  active: Type.Boolean(),
  sector: nullable(Uuid),
  may: May,
})
export const Device = Type.Object({
  id: Uuid,
  /** What people call it, e.g. BC-0231. */
  code: Type.String(),
  kind: DeviceKind,
  state: DeviceState,
  simulated: Type.Boolean(),
  keyEpoch: Type.Integer(),
  keyId: nullable(Type.String()),
  enrolledAt: nullable(InstantMs),
  enrolmentEntry: nullable(Uuid),
  officer: nullable(Type.Object({ id: Uuid, code: Type.String(), name: Type.String() })),
  shift: nullable(Uuid),
  health: nullable(Health),
  /** When it last told its health; a device may be seen without telling it. */
  healthAt: nullable(InstantMs),
  seenAt: nullable(InstantMs),
  may: May,
})
export const CheckItem = Type.Enum(['battery', 'storage', 'persist', 'clock', 'gps', 'lens'])
export const Check = Type.Array(
  Type.Object({ item: CheckItem, passed: Type.Boolean(), value: Type.String({ maxLength: 120 }) }),
  { maxItems: 12 },
)
export const Shift = Type.Object({
  id: Uuid,
  device: Uuid,
  officer: Type.Object({ id: Uuid, code: Type.String(), name: Type.String() }),
  issuedAt: InstantMs,
  startedAt: nullable(InstantMs),
  returnedAt: nullable(InstantMs),
  quadrant: nullable(Type.Object({ id: Uuid, code: Type.String(), name: Type.String() })),
  check: nullable(Check),
})

/** What a phone knows about itself after its session opens; it can rebuild its whole state from it. */
export const DeviceSelf = Type.Object({
  device: Type.Object({
    id: Uuid,
    code: Type.String(),
    keyEpoch: Type.Integer(),
    state: DeviceState,
    simulated: Type.Boolean(),
  }),
  installation: Uuid,
  municipality: Type.Object({
    id: Uuid,
    name: Type.String(),
    timeZone: Type.String(),
    fictitious: Type.Boolean(),
    /** Of the control room, as it is dialled; null while nobody gave it. */
    telephone: nullable(Type.String()),
  }),
  shift: nullable(Shift),
  /** Last counter and head the server has seen: a phone that lost its journal continues after them. */
  lastCounter: nullable(Type.Integer()),
  lastHead: nullable(Sha256Hex),
  lastRecording: nullable(Uuid),
  /** The log whose checkpoints let a local copy be erased: what a phone pins when it is enrolled (C2SP verifier key). */
  log: Type.Object({ origin: Uuid, vkey: Type.String() }),
  /** What the phone seals its queue to once a recording has ended (X25519, evidence format §3). */
  queueKey: Type.Object({ keyId: Type.String(), algorithm: Type.String(), publicKey: Base64Url }),
  receiptKeys: Type.Array(Type.Object({ keyId: Type.String(), algorithm: Type.String(), publicKey: Base64Url })),
  settings: Type.Object({
    preEventSeconds: Type.Integer(),
    segmentSeconds: Type.Number(),
    videoBitsPerSecond: Type.Integer(),
    width: Type.Integer(),
    height: Type.Integer(),
    framesPerSecond: Type.Integer(),
  }),
  /** The newest published checkpoint, to be named in capture statements ("not made before"). */
  checkpoint: nullable(Type.Object({ size: Type.Integer(), root: Sha256Hex })),
  nowMs: InstantMs,
})
export type DeviceSelf = Static<typeof DeviceSelf>

const WithReason = Type.Object({ reason: Words(500) })

export const fleetOperations = {
  'GET /devices': {
    access: 'device.read',
    summary: 'The register of devices with their health and its age',
    reply: Type.Object({ devices: Type.Array(Device), nowMs: InstantMs }),
  },
  'GET /devices/:id': { access: 'device.read', summary: 'One device', params: ById, reply: Device },
  'POST /devices/enrolments': {
    access: 'device.enrol',
    summary: 'Open an enrolment: one use, ten minutes. The link goes into the QR code; give a device id to re-enrol it',
    body: Type.Object({
      code: Type.Optional(Words(20)),
      kind: Type.Optional(DeviceKind),
      device: Type.Optional(Uuid),
      simulated: Type.Optional(Type.Boolean()),
    }),
    reply: Type.Object({
      id: Uuid,
      token: Type.String(),
      url: Type.String(),
      expiresAt: InstantMs,
      code: Type.String(),
    }),
  },
  'GET /devices/enrolments/:id': {
    access: 'device.enrol',
    summary: 'Whether the QR was used yet',
    params: ById,
    reply: Type.Object({ usedAt: nullable(InstantMs), device: nullable(Uuid), expiresAt: InstantMs }),
  },
  'POST /devices/:id/issue': {
    access: 'device.issue',
    summary: 'Issue a device to an officer for a shift. Replies with the PIN that starts it, shown once',
    params: ById,
    body: Type.Object({ officer: Uuid, quadrant: Type.Optional(Uuid) }),
    reply: Type.Object({ shift: Shift, pin: Type.String() }),
  },
  'POST /devices/:id/return': {
    access: 'device.issue',
    summary: 'Return a device: ends its shift',
    params: ById,
    reply: Device,
  },
  'POST /devices/:id/lost': {
    access: 'device.revoke',
    summary: 'Report lost',
    params: ById,
    body: WithReason,
    reply: Device,
  },
  'POST /devices/:id/stolen': {
    access: 'device.revoke',
    summary: 'Report stolen',
    params: ById,
    body: WithReason,
    reply: Device,
  },
  'POST /devices/:id/revoke': {
    access: 'device.revoke',
    summary: 'Revoke the key. Late segments still arrive, into quarantine',
    params: ById,
    body: WithReason,
    reply: Device,
  },
  'GET /officers': {
    access: 'officer.read',
    summary: 'Officers',
    reply: Type.Object({ officers: Type.Array(Officer) }),
  },
  'POST /officers': {
    access: 'officer.write',
    summary: 'Add an officer',
    body: Type.Object({ code: Words(20), name: Words(120), sector: Type.Optional(Uuid) }),
    reply: Officer,
  },
  // the phone
  'POST /device/enrol': {
    access: 'public',
    summary:
      'Redeem an enrolment with the phone’s public key; the signature is over the proof string `sereno-enrol-v1.<token>.<publicKey>`',
    body: Type.Object({
      token: Type.String({ minLength: 20, maxLength: 200 }),
      publicKey: Base64Url,
      algorithm: Type.Literal('ed25519'),
      signature: Base64Url,
      protection: Type.Union([Type.Literal('software'), Type.Literal('hardware')]),
      simulated: Type.Boolean(),
      appVersion: Type.String({ maxLength: 60 }),
      build: nullable(Sha256Hex),
    }),
    reply: DeviceSelf,
  },
  'POST /device/challenge': {
    access: 'public',
    summary: 'A nonce for a device session',
    body: Type.Object({ device: Uuid }),
    reply: Type.Object({ nonce: Base64Url, nowMs: InstantMs }),
  },
  'POST /device/session': {
    access: 'public',
    summary:
      'Open a device session by signing `sereno-session-v1.<device>.<nonce>`. Send the token as `authorization: Device <token>`',
    body: Type.Object({ device: Uuid, nonce: Base64Url, signature: Base64Url }),
    reply: Type.Object({ token: Type.String(), expiresAt: InstantMs, self: DeviceSelf }),
  },
  'GET /device/self': { access: 'device', summary: 'What the phone must know', reply: DeviceSelf },
  'POST /device/health': {
    access: 'device',
    summary: 'Health of the phone',
    body: Health,
    reply: Type.Object({ nowMs: InstantMs }),
  },
  'POST /device/shift': {
    access: 'device',
    summary: 'Start the shift with its PIN and the pre-shift check',
    body: Type.Object({
      pin: Type.String({ minLength: 4, maxLength: 8 }),
      check: Check,
      despite: Type.Optional(Words(300)),
    }),
    reply: Shift,
  },
  'POST /device/shift/end': { access: 'device', summary: 'The officer ends the shift', reply: Done },
} as const satisfies Operations
