import { readVkey } from '@sereno/proof'
import type { Actor, Scope } from '../../kernel/actor.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { Ids } from '../../kernel/ids.ts'
import type { NewEntry } from './entry.ts'
import { keepsQuorum, quorumInForce } from './quorum.ts'
import { activeWitnesses, insertWitness, quorumSetting, removeWitness, setQuorum } from './witness-store.ts'

export type NewWitness = {
  readonly name: string
  readonly vkeys: readonly string[]
  readonly url: string | null
  readonly municipal: boolean
}

export type Witnesses = {
  readonly add: (scope: Scope, witness: NewWitness) => Promise<string>
  readonly remove: (scope: Scope, id: string, reason: string) => Promise<void>
  readonly changeQuorum: (scope: Scope, quorum: number) => Promise<void>
}

/**
 * Who watches the log, as the municipality says it. Each change is an entry in the same transaction, and is itself
 * published only with the quorum then in force. What others believe stands in their trust files, not here.
 */
export function createWitnesses(deps: {
  readonly database: Database
  readonly clock: Clock
  readonly ids: Ids
  readonly append: (tx: Db, entry: NewEntry) => Promise<unknown>
}): Witnesses {
  const { database, clock, ids } = deps

  async function enter(
    tx: Db,
    actor: Actor,
    kind: string,
    witness: string | null,
    fields: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { municipality } = actor
    const now = await activeWitnesses(tx, municipality)
    const quorum = quorumInForce(await quorumSetting(tx, municipality), now)
    await deps.append(tx, {
      municipality,
      kind,
      coarse: 'installation',
      subjects: witness === null ? [] : [`witness:${witness}`],
      actor,
      policy: 'administracion-cuida-la-instalacion',
      fields: { ...fields, quorum: String(quorum), witnesses: now.map(({ name }) => name).join(', ') },
    })
  }

  return {
    async add({ actor, municipality }, witness) {
      for (const vkey of witness.vkeys) {
        const read = readVkey(vkey)
        if (read?.key === null || read?.use !== 'cosignature') {
          throw new Refusal('ledger.wrong-key')
        }
      }
      const id = ids.uuid()
      await database.transaction(async (tx) => {
        const others = await activeWitnesses(tx, municipality)
        const repeats = others.some(
          ({ name, vkeys }) => name === witness.name || vkeys.some((vkey) => witness.vkeys.includes(vkey)),
        )
        if (repeats) {
          throw new Refusal('ledger.witness-known')
        }
        await insertWitness(tx, { ...witness, id, municipality, addedAt: clock.nowMs() })
        await enter(tx, actor, 'witness.added', id, {
          name: witness.name,
          vkeys: witness.vkeys.join(' '),
          municipal: String(witness.municipal),
          ...(witness.url === null ? {} : { url: witness.url }),
        })
      })
      return id
    },
    async remove({ actor, municipality }, id, reason) {
      await database.transaction(async (tx) => {
        const before = await activeWitnesses(tx, municipality)
        const witness = before.find((one) => one.id === id)
        const after = before.filter((one) => one.id !== id)
        if (!keepsQuorum(await quorumSetting(tx, municipality), before, after)) {
          // One takes its place first.
          throw new Refusal('ledger.quorum')
        }
        if (witness === undefined || !(await removeWitness(tx, municipality, id, clock.nowMs()))) {
          throw new Refusal('request.not-found')
        }
        await enter(tx, actor, 'witness.removed', id, { name: witness.name, reason })
      })
    },
    async changeQuorum({ actor, municipality }, quorum) {
      await database.transaction(async (tx) => {
        const independent = (await activeWitnesses(tx, municipality)).filter(({ municipal }) => !municipal)
        if (quorum > independent.length) {
          throw new Refusal('ledger.quorum')
        }
        const before = await quorumSetting(tx, municipality)
        await setQuorum(tx, municipality, quorum)
        await enter(tx, actor, 'witness.quorum-changed', null, { before: String(before) })
      })
    },
  }
}
