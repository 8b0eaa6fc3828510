/**
 * What keeps a recording back, a hold or a freeze, works at once and needs one person. Letting go takes two, and the
 * second's entry to be witnessed. Each line is one transaction with its entry:
 *
 *  1. ask       the first person says that it should end
 *  2. approve   the second; or refuse, by anybody who may ask: it stays
 *  3. end       by the timer, once 2 is witnessed          crash before: it keeps back still, the timer comes again
 */
import type { Permission } from '@sereno/contracts'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { RetentionDeps } from './door.ts'
import { demand } from './four-eyes.ts'
import type { LettingGo } from './tables.ts'

/** Where a row stands on the way out. */
export type Standing = 'in-force' | 'asked' | 'approved' | 'ended'

type Fields = Readonly<Record<string, string>>

/** One kind of thing that keeps a recording back. */
export type Guard<Row extends LettingGo> = {
  /** Kinds of its entries. */
  readonly kinds: Readonly<Record<'asked' | 'approved' | 'refused' | 'ended', string>>
  /** Who may say that it should end. */
  readonly mayAsk: Permission
  /** Locked until the transaction ends. */
  readonly find: (tx: Db, scope: Scope, id: string) => Promise<Row | null>
  readonly change: (tx: Db, scope: Scope, id: string, change: Partial<Row>) => Promise<void>
  readonly approved: (db: Db, scope: Scope) => Promise<readonly Row[]>
  /** What each of its entries names. */
  readonly about: (row: Row) => { readonly subjects: readonly string[]; readonly fields: Fields }
  /** What follows from its end, in the same transaction: locks the recording first. Answers what the entry says of it. */
  readonly ending: (deps: RetentionDeps, tx: Db, scope: Scope, row: Row, atMs: number) => Promise<Fields>
}

export function standing(row: LettingGo): Standing {
  if (row.ended_at !== null) {
    return 'ended'
  }
  if (row.approved_by !== null) {
    return 'approved'
  }
  return row.asked_by === null ? 'in-force' : 'asked'
}

export const notAsked = {
  ending_reason: null,
  asked_by: null,
  asked_name: null,
  asked_at: null,
  asked_entry: null,
  approved_by: null,
  approved_name: null,
  approved_at: null,
  approved_entry: null,
} as const

export const notEnded = { ...notAsked, ended_at: null, ended_entry: null } as const

/** A step of a row: locked, judged, entered, changed. */
export async function step<Row extends LettingGo>(
  deps: RetentionDeps,
  guard: Pick<Guard<Row>, 'find' | 'change' | 'about'>,
  scope: Scope,
  id: string,
  taken: {
    readonly kind: string
    readonly from: readonly Standing[]
    /** Answers the deciding policy's name, or refuses. */
    readonly judge: (row: Row) => string
    readonly fields?: Fields
    readonly change: (entry: string) => Partial<Row>
  },
): Promise<void> {
  await deps.database.transaction(async (tx) => {
    const row = await guard.find(tx, scope, id)
    if (row === null) {
      throw new Refusal('retention.not-found')
    }
    if (!taken.from.includes(standing(row))) {
      throw new Refusal('retention.already-decided')
    }
    const policy = taken.judge(row)
    const { subjects, fields } = guard.about(row)
    const entry = await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind: taken.kind,
      coarse: 'custody',
      subjects,
      actor: scope.actor,
      policy,
      fields: { ...fields, ...taken.fields },
    })
    await guard.change(tx, scope, id, taken.change(entry.id))
  })
}

export type Ways = {
  readonly ask: (deps: RetentionDeps, scope: Scope, id: string, reason: string) => Promise<void>
  readonly approve: (deps: RetentionDeps, scope: Scope, id: string) => Promise<void>
  readonly refuse: (deps: RetentionDeps, scope: Scope, id: string, reason: string) => Promise<void>
  /** Step 3 for all whose second entry is witnessed. */
  readonly endWitnessed: (deps: RetentionDeps, municipality: string) => Promise<void>
}

export function lettingGo<Row extends LettingGo>(guard: Guard<Row>): Ways {
  const { kinds, mayAsk } = guard
  const by = (change: Partial<LettingGo>) => change as Partial<Row>

  async function end(deps: RetentionDeps, tx: Db, scope: Scope, id: string): Promise<void> {
    const row = await guard.find(tx, scope, id)
    if (row === null || standing(row) !== 'approved') {
      return
    }
    const atMs = deps.clock.nowMs()
    const { subjects, fields } = guard.about(row)
    const followed = await guard.ending(deps, tx, scope, row, atMs)
    const entry = await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind: kinds.ended,
      coarse: 'custody',
      subjects,
      actor: scope.actor,
      fields: {
        ...fields,
        ...followed,
        reason: row.ending_reason ?? '',
        by: `${row.asked_name ?? ''}, ${row.approved_name ?? ''}`,
      },
    })
    await guard.change(tx, scope, id, by({ ended_at: atMs, ended_entry: entry.id }))
  }

  return {
    ask: (deps, scope, id, reason) =>
      step(deps, guard, scope, id, {
        kind: kinds.asked,
        from: ['in-force'],
        judge: () => demand(deps, scope, mayAsk, id),
        fields: { reason },
        change: (entry) =>
          by({
            ending_reason: reason,
            asked_by: scope.actor.id,
            asked_name: scope.actor.name,
            asked_at: deps.clock.nowMs(),
            asked_entry: entry,
          }),
      }),
    approve: (deps, scope, id) =>
      step(deps, guard, scope, id, {
        kind: kinds.approved,
        from: ['asked'],
        judge: (row) => demand(deps, scope, 'retention.approve', id, { proposer: row.asked_by }),
        change: (entry) =>
          by({
            approved_by: scope.actor.id,
            approved_name: scope.actor.name,
            approved_at: deps.clock.nowMs(),
            approved_entry: entry,
          }),
      }),
    refuse: (deps, scope, id, reason) =>
      step(deps, guard, scope, id, {
        kind: kinds.refused,
        from: ['asked', 'approved'],
        judge: () => demand(deps, scope, mayAsk, id),
        fields: { reason },
        change: () => by(notAsked),
      }),
    async endWitnessed(deps, municipality) {
      const scope = { municipality, actor: systemActor(municipality) }
      for (const { id, approved_entry: approval } of await guard.approved(deps.database.db, scope)) {
        if (approval !== null && (await deps.ledger.witnessed(approval))) {
          await deps.database.transaction((tx) => end(deps, tx, scope, id))
        }
      }
    },
  }
}
