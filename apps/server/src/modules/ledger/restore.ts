import { decodeLeaf, emptyFrontier, equal, frontierRoot, leafHash } from '@sereno/proof'
import { systemActor } from '../../kernel/actor.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { Ids } from '../../kernel/ids.ts'
import type { Signer } from '../../kernel/signer.ts'
import { appendEntry } from './append.ts'
import { extend } from './frontier.ts'
import { leavesOf, type ReadBundle } from './mirror.ts'
import { type Log, lockLog } from './store.ts'
import { insertLeaf, insertLost } from './store-entries.ts'
import { insertNodes, pendingLeaves, placeLeaves, sizeOf, tileHashes } from './store-tree.ts'

export type RestoreDeps = {
  readonly database: Database
  readonly signer: Signer
  readonly clock: Clock
  readonly ids: Ids
}

/**
 * Takes back the leaves that were published and are missing here, up to the signer's last checkpoint. All in one
 * transaction: a crash leaves the database behind as before, and the command is simply given again.
 * A leaf that is still pending here (committed before the backup, sequenced after it) keeps its opening.
 * Refuses `ledger.forked` when the copy does not lead to what the signer signed, or contradicts what is here.
 */
export async function importPublished(deps: RestoreDeps, log: Log, readBundle: ReadBundle): Promise<number> {
  return deps.database.transaction(async (tx) => {
    await lockLog(tx, log.municipality, 'sequence')
    await lockLog(tx, log.municipality, 'publish')
    const size = await sizeOf(tx, log)
    const signed = await deps.signer.lastCheckpoint(log.origin)
    if (signed === null || signed.size <= size) {
      return 0
    }
    let frontier = emptyFrontier
    for await (const bundle of leavesOf(readBundle, signed.size)) {
      if (bundle === null) {
        throw new Refusal('ledger.behind', { missing: 'bundle' })
      }
      const hashes = await Promise.all(bundle.leaves.map(leafHash))
      await demandSame(tx, log, bundle.first, hashes, size)
      const grown = extend(frontier, hashes)
      frontier = grown.frontier
      await takeBack(deps, tx, log, { first: bundle.first, leaves: bundle.leaves, hashes, size })
      // A node is new when the leaf that completes it is.
      await insertNodes(
        tx,
        log,
        grown.nodes.filter(({ level, index }) => (index + 1) * 256 ** level > size),
      )
    }
    if (!equal(await frontierRoot(frontier), signed.root)) {
      throw new Refusal('ledger.forked')
    }
    const count = signed.size - size
    await appendEntry(
      tx,
      {
        municipality: log.municipality,
        kind: 'ledger.imported',
        coarse: 'installation',
        subjects: [],
        actor: systemActor(log.municipality),
        fields: { fromIndex: String(size), toIndex: String(signed.size - 1) },
      },
      { nowMs: deps.clock.nowMs(), ids: deps.ids },
    )
    return count
  })
}

async function demandSame(tx: Db, log: Log, first: number, hashes: readonly Uint8Array[], size: number): Promise<void> {
  const width = Math.min(hashes.length, Math.max(0, size - first))
  const held = await tileHashes(tx, log, { level: 0, first, width })
  if (held.length !== width || !held.every((hash, offset) => equal(hash, hashes[offset] ?? new Uint8Array(0)))) {
    throw new Refusal('ledger.forked')
  }
}

async function takeBack(
  deps: RestoreDeps,
  tx: Db,
  log: Log,
  bundle: {
    readonly first: number
    readonly leaves: readonly Uint8Array[]
    readonly hashes: readonly Uint8Array[]
    readonly size: number
  },
): Promise<void> {
  const pending = await pendingLeaves(tx, log.municipality, Number.MAX_SAFE_INTEGER)
  const placed: { id: string; hash: Uint8Array }[] = []
  for (const [offset, bytes] of bundle.leaves.entries()) {
    const hash = bundle.hashes[offset]
    if (hash === undefined || bundle.first + offset < bundle.size) {
      continue
    }
    const known = pending.find((leaf) => equal(leaf.hash, hash))
    const id = known?.id ?? deps.ids.uuid()
    if (known === undefined) {
      const leaf = decodeLeaf(bytes)
      if (!leaf.ok || leaf.value.municipality !== log.municipality) {
        throw new Refusal('ledger.forked')
      }
      await insertLeaf(tx, { id, municipality: log.municipality, coarse: leaf.value.kind, bytes, hash })
      await insertLost(tx, { leaf: id, municipality: log.municipality, imported_at: deps.clock.nowMs() })
    }
    placed.push({ id, hash })
  }
  if (placed.length > 0) {
    await placeLeaves(tx, log, Math.max(bundle.first, bundle.size), placed)
  }
}
