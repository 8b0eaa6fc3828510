import { ledgerOperations } from '@sereno/contracts'
import { toHex } from '@sereno/proof'
import type { Actor } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import { type RouteTable, routes } from '../../kernel/http.ts'
import type { EntryProof } from './door.ts'
import { ledgerEntry } from './entries.ts'
import type { Stamps } from './stamps.ts'
import type { Log } from './store.ts'
import { entries, entryById } from './store-entries.ts'
import { sizeOf } from './store-tree.ts'
import type { Witnessing } from './view.ts'
import { openKinds } from './visibility.ts'
import type { Witnesses } from './witnesses.ts'

const pageSize = 100

export function ledgerRoutes(deps: {
  readonly db: Db
  readonly logOf: (municipality: string) => Log
  readonly proofs: (ids: readonly string[]) => Promise<readonly EntryProof[]>
  readonly witnessing: (log: Log, reader: Actor) => Promise<Witnessing>
  readonly witnesses: Witnesses
  readonly stamps: Stamps
}): RouteTable {
  const { db } = deps
  return routes(ledgerOperations, {
    'GET /ledger/entries': async ({ scope, query, actor }) => {
      const limit = query.limit ?? pageSize
      // Asking for a subject or a fine kind must not tell what the fields of a closed entry say.
      const tellsFields = query.subject !== undefined || query.kind?.includes('.') === true
      const found = await entries(db, scope, {
        limit: limit + 1,
        subject: query.subject,
        kind: query.kind,
        coarse: tellsFields ? openKinds(actor) : undefined,
        before: query.cursor === undefined ? undefined : cursorOf(query.cursor),
      })
      const page = found.slice(0, limit)
      return {
        entries: page.map((entry) => ledgerEntry(entry, actor)),
        size: await sizeOf(db, deps.logOf(scope.municipality)),
        next: found.length > limit ? (page.at(-1)?.id ?? null) : null,
      }
    },
    'GET /ledger/entries/:id/proof': async ({ scope, params }) => {
      const entry = await entryById(db, params.id)
      if (entry === null || entry.municipality !== scope.municipality) {
        throw new Refusal('ledger.not-found')
      }
      const [proof] = await deps.proofs([params.id])
      if (proof === undefined) {
        throw new Refusal('ledger.not-published')
      }
      return {
        index: proof.index,
        leafHash: toHex(entry.hash),
        proof: proof.proof.map(toHex),
        checkpoint: proof.checkpoint,
      }
    },
    'GET /ledger/witnessing': async ({ scope, actor }) => deps.witnessing(deps.logOf(scope.municipality), actor),
    'POST /ledger/witnesses': async ({ scope, body }) => {
      const { reason, ...witness } = body
      return { change: await deps.witnesses.add(scope, witness, reason) }
    },
    'POST /ledger/witnesses/:id/removal': async ({ scope, params, body }) => ({
      change: await deps.witnesses.remove(scope, params.id, body.reason),
    }),
    'PUT /ledger/quorum': async ({ scope, body }) => {
      return { change: await deps.witnesses.changeQuorum(scope, body.quorum, body.reason) }
    },
    'POST /ledger/witness-changes/:id/approval': async ({ scope, params }) => {
      await deps.witnesses.approve(scope, params.id)
      return { ok: true }
    },
    'POST /ledger/witness-changes/:id/refusal': async ({ scope, params, body }) => {
      await deps.witnesses.refuse(scope, params.id, body.reason)
      return { ok: true }
    },
    'POST /ledger/witness-changes/:id/seen': async ({ scope, params }) => {
      await deps.witnesses.noteSeen(scope, params.id)
      return { ok: true }
    },
    'POST /ledger/authorities': async ({ scope, body }) => ({ id: await deps.stamps.add(scope, body) }),
    'POST /ledger/authorities/:id/removal': async ({ scope, params, body }) => {
      await deps.stamps.remove(scope, params.id, body.reason)
      return { ok: true }
    },
  })
}

function cursorOf(cursor: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(cursor)) {
    throw new Refusal('request.invalid', { where: 'query/cursor' })
  }
  return cursor
}
