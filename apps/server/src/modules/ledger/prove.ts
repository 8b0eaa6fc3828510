import { inclusionProof, type Nodes } from '@sereno/proof'
import type { Db } from '../../kernel/database.ts'
import type { EntryProof } from './door.ts'
import { openingsOf } from './entries.ts'
import { storedNodes } from './frontier.ts'
import { type Log, newestStored, type StoredCheckpoint } from './store.ts'
import { entryById } from './store-entries.ts'

type PublishedTree = { readonly checkpoint: StoredCheckpoint | null; readonly nodes: Nodes }

/** Whether the newest checkpoint covers the entry. */
export async function isPublished(db: Db, logOf: (municipality: string) => Log, entryId: string): Promise<boolean> {
  const entry = await entryById(db, entryId)
  const checkpoint = entry === null ? null : await newestStored(db, logOf(entry.municipality))
  return entry !== null && entry.index !== null && checkpoint !== null && entry.index < checkpoint.size
}

/**
 * Proves entries against the newest checkpoint, in the order asked for; unpublished ones are left out. What it has read
 * and hashed of a tree is kept until there is a newer checkpoint.
 */
export function createProver(
  db: Db,
  logOf: (municipality: string) => Log,
): (entryIds: readonly string[]) => Promise<readonly EntryProof[]> {
  const trees = new Map<string, PublishedTree>()

  async function newestTree(municipality: string): Promise<PublishedTree> {
    const log = logOf(municipality)
    const checkpoint = await newestStored(db, log)
    const known = trees.get(log.origin)
    if (known !== undefined && known.checkpoint?.size === checkpoint?.size) {
      // Witnesses may have cosigned it since: the nodes are the same, the note is longer.
      return { checkpoint, nodes: known.nodes }
    }
    const tree = { checkpoint, nodes: storedNodes(db, log, checkpoint?.size ?? 0) }
    trees.set(log.origin, tree)
    return tree
  }

  return async (entryIds) => {
    const proofs: EntryProof[] = []
    // One tree for all of one call, also when a newer checkpoint is published meanwhile.
    const inUse = new Map<string, PublishedTree>()
    for (const id of entryIds) {
      const entry = await entryById(db, id)
      if (entry === null || entry.index === null) {
        continue
      }
      const { municipality, index } = entry
      const tree = inUse.get(municipality) ?? (await newestTree(municipality))
      inUse.set(municipality, tree)
      if (tree.checkpoint === null || index >= tree.checkpoint.size) {
        continue
      }
      const proof = await inclusionProof(tree.nodes, index, tree.checkpoint.size).catch((error: unknown) => {
        // What could not be read is not remembered.
        trees.delete(logOf(municipality).origin)
        throw error
      })
      const openings = await openingsOf(entry.fields)
      proofs.push({ id, leaf: entry.bytes, openings, index, proof, checkpoint: tree.checkpoint.note })
    }
    return proofs
  }
}
