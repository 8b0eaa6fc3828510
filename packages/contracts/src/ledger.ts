import { Type } from 'typebox'
import { InstantMs, nullable, type Operations, Page, Sha256Hex, Uuid } from './operation.ts'

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
} as const satisfies Operations
