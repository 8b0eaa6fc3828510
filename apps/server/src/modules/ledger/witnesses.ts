/**
 * Who watches the log, as the municipality says it. What others believe stands in their trust files, not here.
 *
 * Accepting a witness, taking one away and asking for more or fewer take two people, and those who watch now. Each line is
 * one transaction with its entry; a crash leaves it at the line before:
 *
 *  1. propose   by administration, with a reason
 *  2. approve   by somebody else, who is not of administration; or refuse
 *  3. wait      until 2 is witnessed by the quorum that it changes. One that does not answer for two weeks must not keep
 *               itself for ever: then it goes on without, as a weakening that everybody counts
 *  4. in force  by the timer, judged again: what another change made impossible meanwhile is refused
 *
 * More are asked for only where as many sign: whoever demanded the signature of a dead one would stop publication, and
 * what lowers the demand again would wait for that signature. So a rise waits at 3 until the newest checkpoint carries as
 * many, and is refused, not in force, when two weeks have not brought them.
 */
import { type Actor, type Scope, systemActor } from '../../kernel/actor.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { Ids } from '../../kernel/ids.ts'
import type { NewEntry } from './entry.ts'
import { quorumInForce } from './quorum.ts'
import {
  approvedChanges,
  changeById,
  insertChange,
  lockWitnessing,
  updateChange,
  type WitnessChangeRow,
} from './witness-change-store.ts'
import { activeWitnesses, insertWitness, quorumSetting, removeWitness, setQuorum } from './witness-store.ts'
import {
  asksOfTheSilent,
  type DecideWitnesses,
  demandPossible,
  fieldsOf,
  type NewWitness,
  subjectsOf,
  type WitnessWish,
  weakens,
  wishOf,
} from './witness-wish.ts'

export type Witnesses = {
  /** Answer the change's id. */
  readonly add: (scope: Scope, witness: NewWitness, reason: string) => Promise<string>
  readonly remove: (scope: Scope, id: string, reason: string) => Promise<string>
  /** Null: that many are asked for already. */
  readonly changeQuorum: (scope: Scope, quorum: number, reason: string) => Promise<string | null>
  readonly approve: (scope: Scope, change: string) => Promise<void>
  readonly refuse: (scope: Scope, change: string, reason: string) => Promise<void>
  /** The overseer has read of it. */
  readonly noteSeen: (scope: Scope, change: string) => Promise<void>
  /** Line 4, for what may. */
  readonly apply: (municipality: string) => Promise<void>
}

const hourMs = 3_600_000
/** A witness that is gone keeps its own removal waiting no longer than this. */
export const unwitnessedAfterMs: number = 14 * 24 * hourMs

export function createWitnesses(deps: {
  readonly database: Database
  readonly clock: Clock
  readonly ids: Ids
  readonly append: (tx: Db, entry: NewEntry) => Promise<{ readonly id: string }>
  readonly counter: (tx: Db, municipality: string) => Promise<number>
  readonly witnessed: (entry: string) => Promise<boolean>
  /** How many witnesses that are not municipal cosigned the newest published checkpoint. */
  readonly answering: (tx: Db, municipality: string) => Promise<number>
  readonly decide: DecideWitnesses
}): Witnesses {
  const { database, clock, ids, decide } = deps

  async function propose({ actor, municipality }: Scope, tx: Db, wish: WitnessWish, reason: string): Promise<string> {
    const id = ids.uuid()
    const policy = decide(actor, 'installation.write', { id })
    await demandPossible(tx, municipality, wish)
    await demandAnswering(tx, municipality, wish)
    const number = await deps.counter(tx, municipality)
    const weakening = weakens(wish)
    const entry = await deps.append(tx, {
      municipality,
      kind: 'witness.change-proposed',
      coarse: weakening ? 'weakening' : 'installation',
      subjects: subjectsOf(id, wish),
      actor,
      policy,
      fields: { number: String(number), ...fieldsOf(wish), reason },
    })
    await insertChange(tx, {
      municipality,
      id,
      number,
      wish: JSON.stringify(wish),
      reason,
      weakening,
      state: 'proposed',
      proposed_by: actor.id,
      proposed_name: actor.name,
      proposed_at: clock.nowMs(),
      proposed_entry: entry.id,
      ...undecided,
    })
    return id
  }

  async function demandAnswering(tx: Db, municipality: string, wish: WitnessWish): Promise<void> {
    if (asksOfTheSilent(wish, await deps.answering(tx, municipality))) {
      throw new Refusal('ledger.witness-silent')
    }
  }

  /** The change under lock, if it is still in one of the states. */
  async function need(
    tx: Db,
    municipality: string,
    id: string,
    states: readonly WitnessChangeRow['state'][],
  ): Promise<WitnessChangeRow> {
    await lockWitnessing(tx, municipality)
    const row = await changeById(tx, municipality, id)
    if (row === null) {
      throw new Refusal('request.not-found')
    }
    if (!states.includes(row.state)) {
      throw new Refusal('ledger.change-decided')
    }
    return row
  }

  async function enterDecision(
    tx: Db,
    row: WitnessChangeRow,
    given: {
      readonly kind: 'approved' | 'refused'
      readonly actor: Actor
      readonly policy?: string
      readonly reason?: string
    },
  ): Promise<void> {
    const { actor, policy, reason, kind } = given
    const entry = await deps.append(tx, {
      municipality: row.municipality,
      kind: `witness.change-${kind}`,
      coarse: kind === 'approved' && row.weakening ? 'weakening' : 'installation',
      subjects: subjectsOf(row.id, wishOf(row)),
      actor,
      ...(policy === undefined ? {} : { policy }),
      fields: {
        number: String(row.number),
        ...fieldsOf(wishOf(row)),
        ...(reason === undefined ? {} : { reason }),
      },
    })
    await updateChange(tx, row.id, {
      state: kind,
      decided_by: actor.id,
      decided_name: actor.name,
      decided_at: clock.nowMs(),
      decided_entry: entry.id,
    })
  }

  const isLate = ({ decided_at: decidedAt }: WitnessChangeRow): boolean =>
    clock.nowMs() - (decidedAt ?? Number.POSITIVE_INFINITY) >= unwitnessedAfterMs

  async function applyOne(tx: Db, id: string, municipality: string, isWitnessed: boolean): Promise<void> {
    await lockWitnessing(tx, municipality)
    const row = await changeById(tx, municipality, id)
    if (row?.state !== 'approved') {
      return
    }
    const wish = wishOf(row)
    const actor = systemActor(municipality)
    try {
      await demandPossible(tx, municipality, wish)
    } catch (error) {
      if (!(error instanceof Refusal)) {
        throw error
      }
      await enterDecision(tx, row, { kind: 'refused', actor, reason: notPossibleNow })
      return
    }
    if (asksOfTheSilent(wish, isWitnessed ? await deps.answering(tx, municipality) : 0)) {
      if (isLate(row)) {
        await enterDecision(tx, row, { kind: 'refused', actor, reason: notAnswered })
      }
      return
    }
    const nowMs = clock.nowMs()
    const subject = wish.kind === 'add' ? ids.uuid() : wish.kind === 'remove' ? wish.witness : null
    if (wish.kind === 'add') {
      await insertWitness(tx, { ...wish, id: subject ?? '', municipality, addedAt: nowMs })
    } else if (wish.kind === 'remove') {
      await removeWitness(tx, municipality, wish.witness, nowMs)
    } else {
      await setQuorum(tx, municipality, wish.quorum)
    }
    const now = await activeWitnesses(tx, municipality)
    const entry = await deps.append(tx, {
      municipality,
      kind: effects[wish.kind],
      coarse: row.weakening || !isWitnessed ? 'weakening' : 'installation',
      subjects: [`witness-change:${id}`, ...(subject === null ? [] : [`witness:${subject}`])],
      actor,
      policy: 'testigos-dos-personas',
      fields: {
        number: String(row.number),
        ...fieldsOf(wish),
        reason: row.reason,
        by: `${row.proposed_name}, ${row.decided_name ?? ''}`,
        witnessed: String(isWitnessed),
        inForce: String(quorumInForce(await quorumSetting(tx, municipality), now)),
        witnesses: now.map(({ name }) => name).join(', '),
      },
    })
    await updateChange(tx, id, { state: 'in-force', in_force_at: nowMs, effect_entry: entry.id })
  }

  return {
    add: (scope, witness, reason) =>
      database.transaction(async (tx) => {
        await lockWitnessing(tx, scope.municipality)
        return propose(scope, tx, { kind: 'add', ...witness }, reason)
      }),
    remove: (scope, witness, reason) =>
      database.transaction(async (tx) => {
        await lockWitnessing(tx, scope.municipality)
        const known = (await activeWitnesses(tx, scope.municipality)).find(({ id }) => id === witness)
        if (known === undefined) {
          throw new Refusal('request.not-found')
        }
        return propose(scope, tx, { kind: 'remove', witness, name: known.name, municipal: known.municipal }, reason)
      }),
    changeQuorum: (scope, quorum, reason) =>
      database.transaction(async (tx) => {
        await lockWitnessing(tx, scope.municipality)
        const before = await quorumSetting(tx, scope.municipality)
        return quorum === before ? null : propose(scope, tx, { kind: 'quorum', quorum, before }, reason)
      }),
    approve: (scope, id) =>
      database.transaction(async (tx) => {
        const row = await need(tx, scope.municipality, id, ['proposed'])
        const policy = decide(scope.actor, 'witness.approve', { id, proposer: row.proposed_by })
        await demandPossible(tx, scope.municipality, wishOf(row))
        await demandAnswering(tx, scope.municipality, wishOf(row))
        await enterDecision(tx, row, { kind: 'approved', actor: scope.actor, policy })
      }),
    refuse: (scope, id, reason) =>
      database.transaction(async (tx) => {
        const row = await need(tx, scope.municipality, id, ['proposed', 'approved'])
        const policy = decide(scope.actor, 'witness.refuse', { id })
        await enterDecision(tx, row, { kind: 'refused', actor: scope.actor, policy, reason })
      }),
    noteSeen: (scope, id) =>
      database.transaction(async (tx) => {
        await lockWitnessing(tx, scope.municipality)
        const row = await changeById(tx, scope.municipality, id)
        if (row === null || !scope.actor.roles.includes('overseer')) {
          throw new Refusal('request.not-found')
        }
        if (row.seen_at === null) {
          await deps.append(tx, {
            municipality: scope.municipality,
            kind: 'witness.change-seen',
            coarse: 'installation',
            subjects: subjectsOf(id, wishOf(row)),
            actor: scope.actor,
            fields: { number: String(row.number) },
          })
          await updateChange(tx, id, { seen_name: scope.actor.name, seen_at: clock.nowMs() })
        }
      }),
    async apply(municipality) {
      for (const row of await approvedChanges(database.db, municipality)) {
        const isWitnessed = row.decided_entry !== null && (await deps.witnessed(row.decided_entry))
        if (isWitnessed || isLate(row)) {
          await database.transaction((tx) => applyOne(tx, row.id, municipality, isWitnessed))
        }
      }
    },
  }
}

const undecided = {
  decided_by: null,
  decided_name: null,
  decided_at: null,
  decided_entry: null,
  in_force_at: null,
  effect_entry: null,
  seen_name: null,
  seen_at: null,
} as const

const effects = { add: 'witness.added', remove: 'witness.removed', quorum: 'witness.quorum-changed' } as const

// In the language of the record.
const notAnswered = 'No firmaron tantos testigos en dos semanas: se propone otra vez cuando contesten.'
const notPossibleNow = 'Por otros cambios ya no se puede: se propone otra vez.'
