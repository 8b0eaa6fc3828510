/** Cameras that were bought against cameras that are enrolled: what was paid for and never enrolled records nothing. */
import type { BodyOf, completenessOperations } from '@sereno/contracts'
import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import type { CompletenessDeps } from './door.ts'
import type { PurchaseRow } from './tables.ts'

type Bought = BodyOf<(typeof completenessOperations)['POST /completeness/purchases']>

export async function enterPurchase(deps: CompletenessDeps, scope: Scope, bought: Bought): Promise<PurchaseRow> {
  const { policy } = deps.identity.require(scope.actor, 'purchase.write', {
    type: 'Purchase',
    id: 'new',
    attributes: {},
  })
  const { kind, quantity, reference, date } = bought
  return deps.database.transaction(async (tx) => {
    const id = deps.ids.uuid()
    const entry = await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind: 'purchase.entered',
      coarse: 'device',
      subjects: [],
      actor: scope.actor,
      policy,
      fields: { purchase: id, deviceKind: kind, quantity: String(quantity), reference, date },
    })
    const row = {
      id,
      kind,
      quantity,
      reference,
      date,
      by_name: scope.actor.name,
      entered_at: deps.clock.nowMs(),
      entry: entry.id,
    }
    await sql`insert into purchase (municipality, id, kind, quantity, reference, date, by_name, entered_at, entry)
      values (${scope.municipality}::uuid, ${id}::uuid, ${kind}, ${quantity}, ${reference}, ${date},
        ${row.by_name}, ${row.entered_at}::bigint, ${entry.id}::uuid)`.execute(tx)
    return row
  })
}

export async function purchasesOf(db: Db, { municipality }: Scope): Promise<readonly PurchaseRow[]> {
  const found = await sql<PurchaseRow>`select id, kind, quantity, reference, date, by_name, entered_at, entry
    from purchase where municipality = ${municipality}::uuid order by date desc, entered_at desc limit 1000`.execute(db)
  return found.rows
}

export type Counted = { readonly kind: PurchaseRow['kind']; readonly purchased: number; readonly enrolled: number }

/** By kind, those bought or enrolled. */
export async function countsOf(deps: CompletenessDeps, scope: Scope): Promise<Counted[]> {
  const bought = await purchasesOf(deps.database.db, scope)
  const devices = (await deps.fleet.devices(scope)).filter(({ keyEpoch }) => keyEpoch > 0)
  const kinds = new Set([...bought.map(({ kind }) => kind), ...devices.map(({ kind }) => kind)])
  return [...kinds].sort().map((kind) => ({
    kind,
    purchased: bought.filter((one) => one.kind === kind).reduce((sum, { quantity }) => sum + quantity, 0),
    enrolled: devices.filter((one) => one.kind === kind).length,
  }))
}
