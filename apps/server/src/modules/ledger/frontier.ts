import {
  type ClosedNode,
  concat,
  type Frontier,
  frontierOf,
  type Nodes,
  nodeHash,
  nodesOfTiles,
  type Tile,
  tileWidth,
} from '@sereno/proof'
import type { Db } from '../../kernel/database.ts'
import type { Log } from './store.ts'
import { tileHashes } from './store-tree.ts'
import { appendNow } from './tree-hash.ts'

/** Heights that a tile covers: a stored node of level n is the root of 256^n leaves. */
const tileHeight = 8

/** Nodes of the stored tree of `size` leaves, for proofs. Each tile is read, and each subtree hashed, once. */
export function storedNodes(db: Db, log: Log, size: number): Nodes {
  const inTiles = nodesOfTiles(size, (tile) => readHashTile(db, log, tile))
  const known = new Map<string, Promise<Uint8Array>>()
  const find: Nodes = (level, index) => {
    const name = `${level}/${index}`
    const found = known.get(name) ?? (level % tileHeight === 0 ? inTiles(level, index) : join(level, index))
    known.set(name, found)
    return found
  }
  const join: Nodes = async (level, index) =>
    nodeHash(await find(level - 1, index * 2), await find(level - 1, index * 2 + 1))
  return find
}

/** A hash tile's bytes: 32 × width. */
export async function readHashTile(db: Db, log: Log, tile: Tile): Promise<Uint8Array> {
  if (tile.level === 'entries') {
    throw new TypeError('an entry bundle has no hashes')
  }
  const range = { level: tile.level, first: tile.index * tileWidth, width: tile.width }
  return concat(...(await tileHashes(db, log, range)))
}

export async function storedFrontier(db: Db, log: Log, size: number): Promise<Frontier> {
  return frontierOf(storedNodes(db, log, size), size)
}

/** Adds leaves; answers the new frontier and the rows that hash tiles above level 0 gain. */
export function extend(
  frontier: Frontier,
  hashes: readonly Uint8Array[],
): { readonly frontier: Frontier; readonly nodes: readonly ClosedNode[] } {
  let grown = frontier
  const nodes: ClosedNode[] = []
  for (const hash of hashes) {
    const step = appendNow(grown, hash)
    grown = step.frontier
    for (const { level, index, hash: root } of step.closed) {
      if (level > 0 && level % tileHeight === 0) {
        nodes.push({ level: level / tileHeight, index, hash: root })
      }
    }
  }
  return { frontier: grown, nodes }
}
