/**
 * Destroys again what a restore brought back, before the server answers anybody (I-6). For every recording that the list
 * of tombstones or the database says is destroyed and that has its key or its row again:
 *
 *  1. the line of the list is proved against the log's own key and those of the logs it continues; one that does not prove itself is left and reported
 *  2. condemned, key, bytes, rows, as the first time: each may be repeated after a crash
 */
import { type Scope, systemActor } from '../../kernel/actor.ts'
import type { RetentionDeps } from './door.ts'
import { forgetWords } from './forget.ts'
import { changeRetained, findRetained, keptOf } from './store-retained.ts'
import { isTrue, logKeys, type Tombstone, type TombstoneFile } from './tombstones.ts'

export type Replayed = { readonly destroyedAgain: readonly string[]; readonly unproved: readonly string[] }

export async function replay(deps: RetentionDeps, tombstones: TombstoneFile, municipality: string): Promise<Replayed> {
  const scope = { municipality, actor: systemActor(municipality) }
  const keys = await logKeys(deps.ledger)
  const destroyedAgain: string[] = []
  const unproved: string[] = []
  for (const stone of await tombstones.read()) {
    if (stone.municipality === municipality && (await isBack(deps, scope, stone))) {
      if (await isTrue(stone, keys)) {
        await destroyAgain(deps, scope, stone)
        destroyedAgain.push(stone.recording)
      } else {
        unproved.push(stone.recording)
      }
    }
  }
  for (const list of [destroyedAgain, unproved]) {
    if (list.length > 0) {
      deps.log.warn(
        { recordings: list },
        list === unproved ? 'retention: unproved tombstones' : 'retention: destroyed again',
      )
    }
  }
  return { destroyedAgain, unproved }
}

/** Its row says it is kept, or its key opens it: cheap to ask, so every line is asked. */
async function isBack(deps: RetentionDeps, scope: Scope, stone: Tombstone): Promise<boolean> {
  const found = await deps.evidence.erase.retainableOf(deps.database.db, scope, stone.recording)
  return (found !== null && found.destroyedAt === null) || (await deps.signer.dataKey(stone.recording)) !== null
}

async function destroyAgain(deps: RetentionDeps, scope: Scope, stone: Tombstone): Promise<void> {
  const { erase } = deps.evidence
  await deps.database.transaction(async (tx) => {
    const found = await erase.lock(tx, scope, stone.recording)
    if (found !== null && found.destroyedAt === null) {
      await erase.condemn(tx, scope, stone.recording, stone.destroyedAtMs)
    }
    if ((await findRetained(tx, scope, stone.recording)) !== null) {
      await changeRetained(tx, scope, stone.recording, { destroyed_at: stone.destroyedAtMs, final_at: stone.finalAtMs })
    }
  })
  await erase.key(stone.recording)
  await erase.bytes(scope, stone.recording)
  await erase.rows(scope, stone.recording)
  if ((await deps.ledger.status()).state === 'following') {
    await deps.database.transaction((tx) => forgetWords(deps, tx, scope, stone.recording))
  }
}

/** Recordings that the database kept as if nothing had happened: for the check. */
export async function* keptAlthoughDestroyed(
  deps: RetentionDeps,
  scope: Scope,
  stones: readonly Tombstone[],
): AsyncGenerator<string> {
  const destroyed = new Set(stones.map(({ recording }) => recording))
  for await (const rows of keptOf(deps.database.db, scope, null)) {
    for (const { recording } of rows) {
      if (destroyed.has(recording)) {
        yield recording
      }
    }
  }
}
