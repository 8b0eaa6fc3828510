/**
 * A change of a term or a waiting time. Each line is one transaction with its entry; a crash leaves it at the line before:
 *
 *  1. propose   with an exact count of what it would do
 *  2. approve   by somebody else; or refuse, by anybody who may propose
 *  3. the waiting period; a weakening also waits until 2 is witnessed
 *  4. in force  by the timer: for what is sealed from now on. What is kept already gets a later deadline where the new
 *     term gives it one, and never an earlier one: that takes a decision of its own (`existing`), by these same lines.
 *     A weakening has a coarse kind of its own, which everybody can count in the public log. It is counted again first:
 *     what another change has made worse than two people saw is refused, and proposed again by whoever wants it.
 */
import { type Scope, systemActor } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { RetentionDeps } from './door.ts'
import { demand, timeZoneOf } from './four-eyes.ts'
import type { Rule } from './profile.ts'
import { pe2026 } from './profile-pe-2026.ts'
import { rulebookOf } from './rulebook.ts'
import { later } from './rules.ts'
import { deadlineBy, needSetting, needTerm, type Simulated, simulate, type Wish } from './simulate.ts'
import { changeRetained, keptOf } from './store-retained.ts'
import { addChange, addRule, addSetting, changeById, lockRules, ripeChanges, updateChange } from './store-rules.ts'
import type { ChangeRow } from './tables.ts'

const dayMs = 86_400_000

export async function propose(deps: RetentionDeps, scope: Scope, wish: Wish, reason: string): Promise<string> {
  const id = deps.ids.uuid()
  const policy = demand(deps, scope, 'retention.propose', id)
  return deps.database.transaction(async (tx) => {
    await lockRules(tx, scope)
    const simulation = await simulate(deps, tx, scope, wish)
    const bound = await bind(tx, scope, wish)
    const number = await deps.ledger.counter(tx, 'retention-change', scope.municipality)
    const entry = await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind: 'rule.proposed',
      coarse: 'policy',
      subjects: [`rule:${id}`],
      actor: scope.actor,
      policy,
      fields: {
        number: String(number),
        wish: JSON.stringify(bound),
        reason,
        weakening: String(simulation.weakening),
        earlier: String(simulation.earlier),
        inCases: String(simulation.inCases),
      },
    })
    await addChange(tx, {
      municipality: scope.municipality,
      id,
      number,
      wish: JSON.stringify(bound),
      reason,
      simulation: JSON.stringify(simulation),
      weakening: simulation.weakening,
      state: 'proposed',
      proposed_by: scope.actor.id,
      proposed_name: scope.actor.name,
      proposed_at: deps.clock.nowMs(),
      proposed_entry: entry.id,
      decided_by: null,
      decided_name: null,
      decided_at: null,
      decided_entry: null,
      takes_effect_at: null,
      in_force_at: null,
      effect_entry: null,
    })
    return id
  })
}

/** A decision about what is kept is one about the term it was counted with, not about whichever is in force later. */
async function bind(db: Db, scope: Scope, wish: Wish): Promise<Wish> {
  if (wish.kind !== 'existing') {
    return wish
  }
  const { keep } = (await rulebookOf(db, scope, pe2026)).rules[wish.category ?? 'none']
  return { ...wish, keep }
}

/** Whether two people approved what it would do by now: not when other changes made it let go of more than they saw. */
async function isAsApproved(deps: RetentionDeps, tx: Db, scope: Scope, row: ChangeRow, wish: Wish): Promise<boolean> {
  const { keep } = await bind(tx, scope, wish)
  if (wish.kind === 'existing' && wish.keep !== undefined && !isSame(keep, wish.keep)) {
    return false
  }
  try {
    const now = await simulate(deps, tx, scope, wish)
    const seen = JSON.parse(row.simulation) as Simulated
    return (row.weakening || !now.weakening) && (wish.kind !== 'existing' || now.earlier <= seen.earlier)
  } catch (error) {
    if (error instanceof Refusal) {
      return false
    }
    throw error
  }
}

function isSame(left: Wish['keep'], right: Wish['keep']): boolean {
  return left?.unit === right?.unit && left?.count === right?.count
}

async function needChange(tx: Db, scope: Scope, id: string, states: readonly ChangeRow['state'][]): Promise<ChangeRow> {
  await lockRules(tx, scope)
  const row = await changeById(tx, scope, id)
  if (row === null) {
    throw new Refusal('retention.not-found')
  }
  if (!states.includes(row.state)) {
    throw new Refusal('retention.already-decided')
  }
  return row
}

export async function approve(deps: RetentionDeps, scope: Scope, id: string): Promise<void> {
  await deps.database.transaction(async (tx) => {
    const row = await needChange(tx, scope, id, ['proposed'])
    const policy = demand(deps, scope, 'retention.approve', id, { proposer: row.proposed_by })
    const nowMs = deps.clock.nowMs()
    const { settings } = await rulebookOf(tx, scope, pe2026)
    const takesEffectAt = nowMs + settings['waiting-days'].value * dayMs
    const entry = await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind: 'rule.approved',
      coarse: 'policy',
      subjects: [`rule:${id}`],
      actor: scope.actor,
      policy,
      fields: { number: String(row.number), takesEffectAt: String(takesEffectAt) },
    })
    await updateChange(tx, scope, id, {
      ...decidedBy(scope, nowMs, entry.id),
      state: 'approved',
      takes_effect_at: takesEffectAt,
    })
  })
}

export async function refuse(deps: RetentionDeps, scope: Scope, id: string, reason: string): Promise<void> {
  await deps.database.transaction(async (tx) => {
    const row = await needChange(tx, scope, id, ['proposed', 'approved'])
    const policy = demand(deps, scope, 'retention.propose', id)
    const entry = await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind: 'rule.refused',
      coarse: 'policy',
      subjects: [`rule:${id}`],
      actor: scope.actor,
      policy,
      fields: { number: String(row.number), reason },
    })
    await updateChange(tx, scope, id, { ...decidedBy(scope, deps.clock.nowMs(), entry.id), state: 'refused' })
  })
}

function decidedBy(scope: Scope, atMs: number, entry: string): Partial<ChangeRow> {
  return { decided_by: scope.actor.id, decided_name: scope.actor.name, decided_at: atMs, decided_entry: entry }
}

/** Step 4 for every change whose time has come. */
export async function applyRipe(deps: RetentionDeps, municipality: string): Promise<void> {
  const scope = { municipality, actor: systemActor(municipality) }
  for (const row of await ripeChanges(deps.database.db, scope, deps.clock.nowMs())) {
    const approval = row.decided_entry
    if (!row.weakening || (approval !== null && (await deps.ledger.witnessed(approval)))) {
      await deps.database.transaction((tx) => apply(deps, tx, scope, row.id))
    }
  }
}

async function apply(deps: RetentionDeps, tx: Db, scope: Scope, id: string): Promise<void> {
  await lockRules(tx, scope)
  const row = await changeById(tx, scope, id)
  if (row?.state !== 'approved') {
    return
  }
  const wish = JSON.parse(row.wish) as Wish
  const nowMs = deps.clock.nowMs()
  if (!(await isAsApproved(deps, tx, scope, row, wish))) {
    const refusal = await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind: 'rule.refused',
      coarse: 'policy',
      subjects: [`rule:${id}`],
      actor: scope.actor,
      fields: { number: String(row.number), reason: notAsApproved },
    })
    await updateChange(tx, scope, id, { ...decidedBy(scope, nowMs, refusal.id), state: 'refused' })
    return
  }
  const entry = await deps.ledger.append(tx, {
    municipality: scope.municipality,
    kind: row.weakening ? 'rule.weakened' : 'rule.changed',
    coarse: row.weakening ? 'weakening' : 'policy',
    subjects: [`rule:${id}`],
    actor: scope.actor,
    fields: {
      number: String(row.number),
      wish: row.wish,
      reason: row.reason,
      by: `${row.proposed_name}, ${row.decided_name ?? ''}`,
    },
  })
  const made = {
    municipality: scope.municipality,
    id: deps.ids.uuid(),
    in_force_at: nowMs,
    change: id,
    entry: entry.id,
  }
  if (wish.kind === 'setting') {
    const { setting, value } = needSetting(wish)
    await addSetting(tx, { ...made, name: setting, value })
  } else if (wish.kind === 'term') {
    const { category, keep } = needTerm(wish)
    await addRule(tx, {
      ...made,
      category,
      keep_unit: keep?.unit ?? null,
      keep_count: keep?.count ?? null,
      weakening: row.weakening,
    })
    const rule = (await rulebookOf(tx, scope, pe2026)).rules[category]
    await move(deps, tx, scope, category, rule, later)
  } else {
    const category = wish.category ?? 'none'
    const rule = (await rulebookOf(tx, scope, pe2026)).rules[category]
    await move(deps, tx, scope, category, rule, (_, at) => at)
  }
  await updateChange(tx, scope, id, { state: 'in-force', in_force_at: nowMs, effect_entry: entry.id })
}

// In the language of the record.
const notAsApproved = 'Por otros cambios ya no hace lo que dos personas aprobaron: se propone otra vez.'

/** Deadlines of what is kept, by a rule: as `choose` says of the one it has and the one the rule gives. */
async function move(
  deps: RetentionDeps,
  tx: Db,
  scope: Scope,
  category: NonNullable<Wish['category']>,
  rule: Pick<Rule, 'keep' | 'afterClosing'>,
  choose: (has: number | null, at: number | null) => number | null,
): Promise<void> {
  const timeZone = timeZoneOf(deps)
  for await (const rows of keptOf(tx, scope, category, 'locked')) {
    for (const row of rows) {
      const at = choose(row.leaves_at, deadlineBy(rule, row, timeZone))
      if (at !== row.leaves_at) {
        await changeRetained(tx, scope, row.recording, { leaves_at: at })
      }
    }
  }
}
