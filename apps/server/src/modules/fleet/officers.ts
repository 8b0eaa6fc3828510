import type { Officer } from '@sereno/contracts'
import type { Static } from 'typebox'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { FleetDeps } from './door.ts'
import { insertOfficer, type OfficerRow } from './store-shifts.ts'

type OfficerView = Static<typeof Officer>

/** Adds an officer: row and entry in the caller's transaction. Refuses a taken code and an unknown sector. */
export async function addOfficer(
  deps: FleetDeps,
  tx: Db,
  scope: Scope,
  given: {
    readonly code: string
    readonly name: string
    readonly sector?: string | undefined
    readonly policy?: string | undefined
  },
): Promise<OfficerRow> {
  const sector = given.sector ?? null
  if (sector !== null && !(await deps.territory.hasSector(scope.municipality, sector))) {
    throw new Refusal('request.invalid', { field: 'sector' })
  }
  const officer = { id: deps.ids.uuid(), code: given.code.trim(), name: given.name.trim(), sector }
  if (!(await insertOfficer(tx, scope, officer, deps.clock.nowMs()))) {
    throw new Refusal('officer.code-taken', { code: officer.code })
  }
  await deps.ledger.append(tx, {
    municipality: scope.municipality,
    kind: 'officer.added',
    coarse: 'person',
    subjects: [`person:${officer.id}`],
    actor: scope.actor,
    policy: given.policy,
    fields: { officer: officer.id, officerCode: officer.code, officerName: officer.name },
  })
  return { ...officer, active: true }
}

export function officerView(row: OfficerRow, may: readonly string[]): OfficerView {
  return { id: row.id, code: row.code, name: row.name, active: row.active, sector: row.sector, may: [...may] }
}
