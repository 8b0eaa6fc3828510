/** A change of who watches the log as it was asked for: what it does, and whether it can. */
import { readVkey } from '@sereno/proof'
import type { Actor } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import { keepsQuorum } from './quorum.ts'
import type { WitnessChangeRow } from './witness-change-store.ts'
import { activeWitnesses, quorumSetting } from './witness-store.ts'

export type NewWitness = {
  readonly name: string
  readonly vkeys: readonly string[]
  readonly url: string | null
  readonly municipal: boolean
}
export type WitnessWish =
  | ({ readonly kind: 'add' } & NewWitness)
  | { readonly kind: 'remove'; readonly witness: string; readonly name: string; readonly municipal: boolean }
  | { readonly kind: 'quorum'; readonly quorum: number; readonly before: number }

/** Asked of the module that decides; the policy's name, or its refusal. */
export type DecideWitnesses = (
  actor: Actor,
  action: 'installation.write' | 'witness.approve' | 'witness.refuse',
  about: { readonly id: string; readonly proposer?: string },
) => string

/** What a reader may do with a change now. */
export function decisionsOf(decide: DecideWitnesses, actor: Actor, row: WitnessChangeRow): string[] {
  const about = { id: row.id, proposer: row.proposed_by }
  const isOpen = row.state === 'proposed' || row.state === 'approved'
  return [
    ...(row.state === 'proposed' && isAllowed(decide, actor, 'witness.approve', about) ? ['witness.approve'] : []),
    ...(isOpen && isAllowed(decide, actor, 'witness.refuse', about) ? ['witness.refuse'] : []),
    ...(row.seen_at === null && actor.roles.includes('overseer') ? ['witness.see'] : []),
  ]
}

export function isAllowed(decide: DecideWitnesses, ...asked: Parameters<DecideWitnesses>): boolean {
  try {
    decide(...asked)
    return true
  } catch (error) {
    if (error instanceof Refusal) {
      return false
    }
    throw error
  }
}

export const wishOf = (row: Pick<WitnessChangeRow, 'wish'>): WitnessWish => JSON.parse(row.wish) as WitnessWish

export function weakens(wish: WitnessWish): boolean {
  return wish.kind === 'quorum' ? wish.quorum < wish.before : wish.kind === 'remove' && !wish.municipal
}

/** Whether it asks for more witnesses than sign now: with one that is dead among them nothing would be published any more. */
export function asksOfTheSilent(wish: WitnessWish, answering: number): boolean {
  return wish.kind === 'quorum' && wish.quorum > wish.before && wish.quorum > answering
}

export function subjectsOf(id: string, wish: WitnessWish): readonly string[] {
  return [`witness-change:${id}`, ...(wish.kind === 'remove' ? [`witness:${wish.witness}`] : [])]
}

export function fieldsOf(wish: WitnessWish): Readonly<Record<string, string>> {
  switch (wish.kind) {
    case 'add':
      return {
        change: wish.kind,
        name: wish.name,
        vkeys: wish.vkeys.join(' '),
        municipal: String(wish.municipal),
        ...(wish.url === null ? {} : { url: wish.url }),
      }
    case 'remove':
      return { change: wish.kind, name: wish.name, municipal: String(wish.municipal) }
    case 'quorum':
      return { change: wish.kind, quorum: String(wish.quorum), before: String(wish.before) }
  }
}

/** Whether it could come into force now; the refusal where it could not. */
export async function demandPossible(tx: Db, municipality: string, wish: WitnessWish): Promise<void> {
  const before = await activeWitnesses(tx, municipality)
  if (wish.kind === 'add') {
    for (const vkey of wish.vkeys) {
      const read = readVkey(vkey)
      if (read?.key === null || read?.use !== 'cosignature') {
        throw new Refusal('ledger.wrong-key')
      }
    }
    if (before.some(({ name, vkeys }) => name === wish.name || vkeys.some((vkey) => wish.vkeys.includes(vkey)))) {
      throw new Refusal('ledger.witness-known')
    }
  } else if (wish.kind === 'remove') {
    const after = before.filter(({ id }) => id !== wish.witness)
    if (after.length === before.length) {
      throw new Refusal('request.not-found')
    }
    if (!keepsQuorum(await quorumSetting(tx, municipality), before, after)) {
      // One takes its place first.
      throw new Refusal('ledger.quorum')
    }
  } else if (wish.before !== (await quorumSetting(tx, municipality))) {
    // What was agreed on as a rise may be a fall by now.
    throw new Refusal('ledger.change-decided')
  } else if (wish.quorum > before.filter(({ municipal }) => !municipal).length) {
    throw new Refusal('ledger.quorum')
  }
}
