import { Type } from 'typebox'
import { Done, InstantMs, May, nullable, type Operations, Page, Sha256Hex, Uuid, Words } from './operation.ts'

/** `behind` … `rewritten`: what the database was found to be against what was signed; nothing is entered until repaired. */
export const LedgerStateName = Type.Union([
  Type.Literal('following'),
  Type.Literal('behind'),
  Type.Literal('forked'),
  Type.Literal('missing'),
  Type.Literal('rewritten'),
])

const Vkey = Type.String({ pattern: '^[\\x21-\\x7e]{10,4096}$' })

export const ledgerOperations = {
  'GET /ledger/entries': {
    access: 'ledger.read',
    summary: 'Entries newest first, opened as far as the reader may see',
    query: Type.Object({
      kind: Type.Optional(Type.String({ maxLength: 60 })),
      subject: Type.Optional(Type.String({ maxLength: 100 })),
      ...Page,
    }),
    reply: Type.Object({
      entries: Type.Array(
        Type.Object({
          id: Uuid,
          index: nullable(Type.Integer()),
          kind: Type.String(),
          at: InstantMs,
          leafHash: Sha256Hex,
          fields: nullable(Type.Record(Type.String(), Type.String())),
        }),
      ),
      size: Type.Integer(),
      next: nullable(Type.String()),
    }),
  },
  'GET /ledger/entries/:id/proof': {
    access: 'ledger.read',
    summary: 'Inclusion proof of an entry in the newest published checkpoint (RFC 6962)',
    params: Type.Object({ id: Uuid }),
    reply: Type.Object({
      index: Type.Integer(),
      leafHash: Sha256Hex,
      proof: Type.Array(Sha256Hex),
      checkpoint: Type.String(),
    }),
  },
  'GET /ledger/witnessing': {
    access: 'ledger.read',
    summary:
      'What is published, what waits for witnesses, who they are; time stamps and the authorities that give them',
    reply: Type.Object({
      origin: Type.String(),
      vkeys: Type.Array(Type.String()),
      state: LedgerStateName,
      size: Type.Integer(),
      published: nullable(Type.Object({ size: Type.Integer(), at: InstantMs })),
      /** Signed and waiting for its quorum since that instant: publication is delayed, work goes on. */
      waiting: nullable(Type.Object({ size: Type.Integer(), since: InstantMs, cosigned: Type.Integer() })),
      /** 0: fewer than two witnesses that are not municipal, so none are waited for. */
      quorum: Type.Integer(),
      quorumWanted: Type.Integer(),
      witnesses: Type.Array(
        Type.Object({
          id: Uuid,
          name: Type.String(),
          vkeys: Type.Array(Type.String()),
          url: nullable(Type.String()),
          municipal: Type.Boolean(),
          cosignedAt: nullable(InstantMs),
          cosignedSize: nullable(Type.Integer()),
          /** `unreachable`, `refused 404`, `ahead 512`, `bad-signature`; null while it answers. */
          problem: nullable(Type.String()),
        }),
      ),
      /** Of who watches: proposed, approved by another person, in force; newest first. */
      changes: Type.Array(
        Type.Object({
          id: Uuid,
          number: Type.Integer(),
          kind: Type.Union([Type.Literal('add'), Type.Literal('remove'), Type.Literal('quorum')]),
          name: nullable(Type.String()),
          municipal: Type.Boolean(),
          quorum: nullable(Type.Object({ from: Type.Integer(), to: Type.Integer() })),
          vkeys: Type.Array(Type.String()),
          reason: Type.String(),
          weakening: Type.Boolean(),
          state: Type.Union([
            Type.Literal('proposed'),
            Type.Literal('approved'),
            Type.Literal('in-force'),
            Type.Literal('refused'),
          ]),
          proposedBy: Type.String(),
          proposedAt: InstantMs,
          decidedBy: nullable(Type.String()),
          decidedAt: nullable(InstantMs),
          inForceAt: nullable(InstantMs),
          /** The overseer who read of it. */
          seenBy: nullable(Type.String()),
          seenAt: nullable(InstantMs),
          /** `witness.approve`, `witness.refuse`, `witness.see`. */
          may: May,
        }),
      ),
      authorities: Type.Array(
        Type.Object({
          id: Uuid,
          name: Type.String(),
          url: Type.String(),
          stampedAt: nullable(InstantMs),
          problem: nullable(Type.String()),
        }),
      ),
      stamps: Type.Object({
        /** Manifests and daily checkpoints that wait for a stamp. */
        waiting: Type.Integer(),
        held: Type.Integer(),
        /** Held ones whose certificate or algorithm ends within 90 days and that have no successor yet. */
        expiring: Type.Integer(),
        newestAt: nullable(InstantMs),
      }),
      mayChange: Type.Boolean(),
    }),
  },
  'POST /ledger/witnesses': {
    access: 'installation.write',
    summary:
      'Proposes to accept the cosignatures of a witness; in force when another person approved it and that is witnessed',
    body: Type.Object({
      name: Words(100),
      vkeys: Type.Array(Vkey, { minItems: 1, maxItems: 4 }),
      url: nullable(Type.String({ pattern: '^https?://', maxLength: 500 })),
      municipal: Type.Boolean(),
      reason: Words(500),
    }),
    reply: Type.Object({ change: Uuid }),
  },
  'POST /ledger/witnesses/:id/removal': {
    access: 'installation.write',
    summary: 'Proposes to ask a witness no longer; in force when another person approved it and that is witnessed',
    params: Type.Object({ id: Uuid }),
    body: Type.Object({ reason: Words(500) }),
    reply: Type.Object({ change: Uuid }),
  },
  'PUT /ledger/quorum': {
    access: 'installation.write',
    summary:
      'How many witnesses that are not municipal must have cosigned what is published; two people change it, and none are demanded that do not sign',
    body: Type.Object({ quorum: Type.Integer({ minimum: 2, maximum: 32 }), reason: Words(500) }),
    /** Null: it is so already. */
    reply: Type.Object({ change: nullable(Uuid) }),
  },
  'POST /ledger/witness-changes/:id/approval': {
    access: 'witness.approve',
    summary: 'Approves a change of who watches the log; never by whoever proposed it, nor by administration; an entry',
    params: Type.Object({ id: Uuid }),
    reply: Done,
  },
  'POST /ledger/witness-changes/:id/refusal': {
    access: 'witness.refuse',
    summary: 'Refuses it, or takes it back, until it is in force; an entry',
    params: Type.Object({ id: Uuid }),
    body: Type.Object({ reason: Words(500) }),
    reply: Done,
  },
  'POST /ledger/witness-changes/:id/seen': {
    access: 'witness.approve',
    summary: 'The overseer has read of it; an entry',
    params: Type.Object({ id: Uuid }),
    reply: Done,
  },
  'POST /ledger/authorities': {
    access: 'installation.write',
    summary: 'Asks a time-stamping authority (RFC 3161) from now on; an entry',
    body: Type.Object({
      name: Words(100),
      url: Type.String({ pattern: '^https?://', maxLength: 500 }),
      /** PEM: the root that its chain ends in, or its own. */
      certificate: Type.String({ maxLength: 20_000 }),
    }),
    reply: Type.Object({ id: Uuid }),
  },
  'POST /ledger/authorities/:id/removal': {
    access: 'installation.write',
    summary: 'Asks a time-stamping authority no longer; what it stamped stays; an entry',
    params: Type.Object({ id: Uuid }),
    body: Type.Object({ reason: Words(500) }),
    reply: Done,
  },
} as const satisfies Operations
