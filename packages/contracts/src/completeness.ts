import { Type } from 'typebox'
import { DeviceKind } from './fleet.ts'
import { ById, Done, InstantMs, May, nullable, type Operations, Uuid, Words } from './operation.ts'

/** Why numbers of a sequence never come, as a person says it. */
export const gapCauses = ['device-lost', 'device-failed', 'storage-failed', 'test', 'other'] as const
export type GapCause = (typeof gapCauses)[number]
/** `device`: counters of a camera; `recording`: sequences of one recording; `unterminated`: no signed stop came. */
export const gapKinds = ['device', 'recording', 'unterminated'] as const

const Explanation = Type.Object({
  cause: Type.Enum([...gapCauses]),
  words: Type.String(),
  by: Type.String(),
  at: InstantMs,
  entry: Uuid,
})
export const SequenceGap = Type.Object({
  id: Uuid,
  kind: Type.Enum([...gapKinds]),
  /** A device's id, or a recording's. */
  subject: Uuid,
  code: Type.String(),
  first: Type.Integer(),
  last: Type.Integer(),
  foundAt: InstantMs,
  /** `waiting`: phones deliver late; `open`: an alarm; `closed`: the numbers arrived. */
  state: Type.Enum(['waiting', 'open', 'explained', 'closed']),
  /** A person's name; null while it is the custodian on duty's. */
  owner: nullable(Type.String()),
  explained: nullable(Explanation),
  may: May,
})
export const MissingRecording = Type.Object({
  id: Uuid,
  rule: Type.Enum(['sos', 'shift']),
  device: Type.String(),
  officer: nullable(Type.String()),
  from: InstantMs,
  to: InstantMs,
  state: Type.Enum(['open', 'explained', 'found']),
  explained: nullable(Explanation),
  may: May,
})
export const Reconciliation = Type.Object({
  id: Uuid,
  startedAt: InstantMs,
  durationMs: Type.Integer(),
  /** Stored objects met, and those that the database expects. */
  objects: Type.Integer(),
  expected: Type.Integer(),
  orphaned: Type.Integer(),
  missing: Type.Integer(),
  /** Uploads under way, or never acknowledged, of the last two days: no finding. */
  waiting: Type.Integer(),
  entries: Type.Integer(),
  /** Sealed recordings without their entry, entries without their recording or manifest. */
  unlike: Type.Integer(),
  rereadRecordings: Type.Integer(),
  rereadBytes: Type.Integer(),
  wrong: Type.Integer(),
  findings: Type.Array(Type.Object({ code: Type.String(), detail: Type.String() })),
})
export const Purchase = Type.Object({
  id: Uuid,
  kind: DeviceKind,
  quantity: Type.Integer(),
  reference: Type.String(),
  date: Type.String(),
  by: Type.String(),
  at: InstantMs,
  entry: Uuid,
})
export const DeviceCount = Type.Object({ kind: DeviceKind, purchased: Type.Integer(), enrolled: Type.Integer() })

const Explain = Type.Object({ cause: Type.Enum([...gapCauses]), words: Words(500) })

export const completenessOperations = {
  'GET /completeness': {
    access: 'completeness.read',
    summary: 'What is missing, what was compared, what was required and not found, how long the storage lasts',
    reply: Type.Object({
      nowMs: InstantMs,
      gaps: Type.Array(SequenceGap),
      graceMs: Type.Integer(),
      missing: Type.Array(MissingRecording),
      reconciliation: nullable(Reconciliation),
      health: Type.Object({
        examined: Type.Integer(),
        findings: Type.Integer(),
        /** When the recording that waits longest was last read whole; null while none is sealed. */
        oldestReread: nullable(InstantMs),
      }),
      counts: Type.Array(DeviceCount),
      purchases: Type.Array(Purchase),
      storage: Type.Object({
        storedBytes: Type.Integer(),
        /** Null where a bucket holds the footage. */
        freeBytes: nullable(Type.Integer()),
        quotaBytes: nullable(Type.Integer()),
        bytesPerDay: Type.Integer(),
        /** Null: at this rate never, or nothing says how much there is. */
        fullInDays: nullable(Type.Integer()),
        measuredAt: InstantMs,
      }),
      may: May,
    }),
  },
  'POST /completeness/gaps/:id/take': {
    access: 'completeness.explain',
    summary: 'Make the missing numbers one’s own to explain',
    params: ById,
    reply: SequenceGap,
  },
  'POST /completeness/gaps/:id/explain': {
    access: 'completeness.explain',
    summary: 'Say why the numbers never come; an entry',
    params: ById,
    body: Explain,
    reply: SequenceGap,
  },
  'POST /completeness/missing/:id/explain': {
    access: 'completeness.explain',
    summary: 'Say why there is no recording where one was required; an entry',
    params: ById,
    body: Explain,
    reply: MissingRecording,
  },
  'POST /completeness/purchases': {
    access: 'purchase.write',
    summary: 'Enter cameras that were bought; an entry',
    body: Type.Object({
      kind: DeviceKind,
      quantity: Type.Integer({ minimum: 1, maximum: 100_000 }),
      reference: Words(120),
      date: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
    }),
    reply: Purchase,
  },
  'POST /completeness/quota': {
    access: 'purchase.write',
    summary: 'How much storage the footage may take; an entry',
    body: Type.Object({ bytes: nullable(Type.Integer({ minimum: 1 })) }),
    reply: Done,
  },
  'POST /completeness/reconciliations': {
    access: 'completeness.explain',
    summary: 'Compare storage, database and ledger now',
    reply: Reconciliation,
  },
} as const satisfies Operations
