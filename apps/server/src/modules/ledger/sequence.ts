import { emptyFrontier, type Frontier } from '@sereno/proof'
import type { Database } from '../../kernel/database.ts'
import { extend, storedFrontier } from './frontier.ts'
import { isSucceeded, type Log, lockLog } from './store.ts'
import { insertNodes, pendingLeaves, placeLeaves, sizeOf } from './store-tree.ts'

/** Leaves placed by one transaction. */
const batchSize = 1_000

export type Sequencer = {
  /** Gives every committed entry its place; answers the tree's size. */
  readonly run: (log: Log) => Promise<number>
}

/** Where a test stops the machine: the numbered steps of {@link createSequencer} and of the publisher. */
export type Step = (name: string) => void | Promise<void>

/**
 * Puts committed entries into the tree. Order of effects, and what a crash after each means:
 *
 * 1. Take the municipality's advisory lock, so that no two processes place leaves. Crash: the lock goes with the session.
 * 2. Read the size, and the frontier of that tree if the one in memory is of another size (first run, or another
 *    process was here). Crash: nothing was written.
 * 3. Read pending leaves in the order of their ids. Crash: nothing was written.
 * 4. Insert places and the tree's new nodes, delete the pending rows: one transaction. Crash before its commit: as
 *    if never begun, they are pending still. Crash after: they are placed, and the next run continues behind them.
 * 5. Keep the new frontier in memory. Crash: step 2 reads it back.
 *
 * Recovery is step 2 of the next run: there is no other code for it.
 */
export function createSequencer(database: Database, step: Step = () => undefined): Sequencer {
  const frontiers = new Map<string, Frontier>()

  async function placeBatch(log: Log): Promise<{ readonly size: number; readonly more: boolean }> {
    const placed = await database.transaction(async (tx) => {
      await lockLog(tx, log.municipality, 'sequence')
      await step('sequence.locked')
      const size = await sizeOf(tx, log)
      if (await isSucceeded(tx, log)) {
        // Continued while we waited for the lock: what is pending belongs to the next one.
        return { frontier: frontiers.get(log.origin) ?? emptyFrontier, more: false }
      }
      const kept = frontiers.get(log.origin) ?? emptyFrontier
      const frontier = kept.size === size ? kept : await storedFrontier(tx, log, size)
      const leaves = await pendingLeaves(tx, log.municipality, batchSize)
      await step('sequence.read')
      if (leaves.length === 0) {
        return { frontier, more: false }
      }
      const grown = extend(
        frontier,
        leaves.map(({ hash }) => hash),
      )
      await placeLeaves(tx, log, size, leaves)
      await step('sequence.placed')
      await insertNodes(tx, log, grown.nodes)
      await step('sequence.written')
      return { frontier: grown.frontier, more: leaves.length === batchSize }
    })
    await step('sequence.committed')
    frontiers.set(log.origin, placed.frontier)
    return { size: placed.frontier.size, more: placed.more }
  }

  return {
    run: async (log) => {
      let batch = await placeBatch(log)
      while (batch.more) {
        batch = await placeBatch(log)
      }
      return batch.size
    },
  }
}
