import { join } from 'node:path'
import {
  appendLeaf,
  decodeEntryBundle,
  emptyFrontier,
  encodeEntryBundle,
  type Frontier,
  leafHash,
  tilePath,
  tileWidth,
} from '@sereno/proof'
import { readIfThere, writeDurably } from '../durable-file.ts'

/**
 * A copy of a log on an auditor's disk: its leaves in bundles of 256 named as in the log itself (so `sereno recover` can
 * take them back from here), and the last checkpoint that was found good.
 */
export type Copy = {
  readonly size: () => number
  readonly frontier: () => Frontier
  readonly checkpoint: () => string | null
  /** Hash of a leaf held. */
  readonly hashAt: (index: number) => Uint8Array | null
  /** Adds leaves and the checkpoint that covers them, fsynced in that order. */
  readonly grow: (leaves: readonly Uint8Array[], checkpoint: string) => Promise<void>
}

export async function openCopy(folder: string): Promise<Copy> {
  const noteFile = join(folder, 'checkpoint')
  const bundleFile = (index: number): string => join(folder, tilePath({ level: 'entries', index, width: tileWidth }))
  const hashes: Uint8Array[] = []
  let frontier = emptyFrontier
  let last: readonly Uint8Array[] = []
  for (let index = 0; ; index += 1) {
    const bytes = readIfThere(bundleFile(index))
    const leaves = bytes === null ? null : decodeEntryBundle(new Uint8Array(bytes))
    if (leaves === null) {
      break
    }
    for (const leaf of leaves) {
      await add(leaf)
    }
    last = leaves
    if (leaves.length < tileWidth) {
      break
    }
  }
  const kept = readIfThere(noteFile)
  let note = kept === null ? null : Buffer.from(kept).toString('utf8')

  async function add(leaf: Uint8Array): Promise<void> {
    const hash = await leafHash(leaf)
    hashes.push(hash)
    frontier = (await appendLeaf(frontier, hash)).frontier
  }

  return {
    size: () => frontier.size,
    frontier: () => frontier,
    checkpoint: () => note,
    hashAt: (index) => hashes[index] ?? null,
    async grow(leaves, checkpoint) {
      let open = frontier.size % tileWidth === 0 ? [] : [...last]
      let index = Math.floor(frontier.size / tileWidth)
      for (const leaf of leaves) {
        open.push(leaf)
        await add(leaf)
        if (open.length === tileWidth) {
          writeDurably(bundleFile(index), encodeEntryBundle(open))
          index += 1
          open = []
        }
      }
      if (open.length > 0 && leaves.length > 0) {
        writeDurably(bundleFile(index), encodeEntryBundle(open))
      }
      last = open
      writeDurably(noteFile, checkpoint)
      note = checkpoint
    },
  }
}
