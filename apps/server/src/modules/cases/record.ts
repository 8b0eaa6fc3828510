/** Every step of a case is an entry in its own transaction (I-3); here is what all those entries share. */
import type { Permission } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { isReserved } from './cases.ts'
import type { CasesDeps } from './door.ts'
import { changeCase, refreshSearch } from './store.ts'
import type { CaseRow } from './tables.ts'

export type Step = {
  /** `case.noted`, `clip.made` … */
  readonly kind: string
  readonly coarse?: 'custody' | 'access' | 'live'
  readonly policy?: string
  readonly purpose?: string
  readonly allowed?: boolean
  readonly subjects?: readonly string[]
  /** Ids, numbers and reasons. Names of people of a case stay out: the entry outlives them. */
  readonly fields?: Readonly<Record<string, string>>
}

/** Throws the policies' refusal. */
export function demand(deps: CasesDeps, scope: Scope, action: Permission, row: Pick<CaseRow, 'id' | 'kind'>): string {
  return deps.identity.require(scope.actor, action, resourceOf(row)).policy
}

export function resourceOf(row: Pick<CaseRow, 'id' | 'kind'>) {
  return { type: 'Case', id: row.id, attributes: { case: row.id, reserved: isReserved(row.kind) } }
}

/** Appends the entry of a step. */
export async function enter(
  deps: CasesDeps,
  tx: Db,
  scope: Scope,
  row: Pick<CaseRow, 'id' | 'code'>,
  step: Step,
): Promise<{ readonly id: string; readonly leafHash: Uint8Array }> {
  const { kind, coarse = 'custody', policy, purpose, allowed, subjects = [], fields = {} } = step
  return deps.ledger.append(tx, {
    municipality: scope.municipality,
    kind,
    coarse,
    subjects: [`case:${row.id}`, ...subjects],
    actor: scope.actor,
    policy,
    purpose,
    allowed,
    fields: { case: row.code, ...fields },
  })
}

/** The entry of a step that changes the case: it comes to the top of the list, and search knows its words. */
export async function enterChange(
  deps: CasesDeps,
  tx: Db,
  scope: Scope,
  row: Pick<CaseRow, 'id' | 'code' | 'root'>,
  step: Step,
): Promise<string> {
  const { id } = await enter(deps, tx, scope, row, step)
  await changeCase(tx, scope, row.root, { changed_at: deps.clock.nowMs() })
  await refreshSearch(tx, row.root)
  return id
}
