import { Type } from 'typebox'
import { ById, InstantMs, May, nullable, type Operations, Sha256Hex, Uuid, Words } from './operation.ts'
import { DoneBy, TermCategory } from './terms.ts'

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
  reviewed: nullable(DoneBy),
  approved: nullable(DoneBy),
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
  category: TermCategory,
  capturedAt: InstantMs,
  leavesAt: InstantMs,
  sizeBytes: Type.Integer(),
  manifestSha256: nullable(Sha256Hex),
  state: Type.Enum(['waiting', 'left-out', 'under-way', 'destroyed']),
  /** Why it was left out. */
  reason: nullable(Type.String()),
  step: Type.Integer(),
})

const Reason = Words(500)

/** The only way in which footage ends: a batch, two people, a cooling-off, an acta. */
export const destructionOperations = {
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
} as const satisfies Operations
