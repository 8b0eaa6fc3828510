/** Whether a checkpoint that somebody has seen is one of our logs': what an outsider asks with a consistency proof. */
import { rootAt, toHex } from '@sereno/proof'
import type { Db } from '../../kernel/database.ts'
import { storedNodes } from './frontier.ts'
import type { Log } from './store.ts'
import { sizeOf } from './store-tree.ts'

export type SeenTree = { readonly size: number; readonly root: string }
export type Holds = (seen: SeenTree) => Promise<boolean>

const mostKept = 10_000

/** @param logs all of the installation's, also those that others continue. Roots are remembered: a tree of a size never changes. */
export function createHolds(db: Db, logs: () => readonly Log[]): Holds {
  const known = new Map<string, Promise<string>>()

  function rootOf(log: Log, size: number): Promise<string> {
    const name = `${log.origin} ${size}`
    const found = known.get(name)
    if (found !== undefined) {
      return found
    }
    if (known.size >= mostKept) {
      known.clear()
    }
    const root = rootAt(storedNodes(db, log, size), size).then(toHex)
    known.set(name, root)
    root.catch(() => known.delete(name))
    return root
  }

  return async ({ size, root }) => {
    if (size === 0) {
      // The empty tree is the beginning of every log.
      return true
    }
    for (const log of logs()) {
      const isKnown = known.has(`${log.origin} ${size}`)
      if ((isKnown || size <= (await sizeOf(db, log))) && (await rootOf(log, size)) === root) {
        return true
      }
    }
    return false
  }
}
