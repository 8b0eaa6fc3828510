import { type Bytes, concat, equal } from './bytes.ts'
import { sha256 } from './hash.ts'

/**
 * Where proofs find the hash of a complete subtree: `level` 0 is a leaf hash, level l covers the 2^l leaves
 * from `index`·2^l on. Only subtrees that are complete in the tree at hand are asked for.
 */
export type Nodes = (level: number, index: number) => Promise<Uint8Array>

/**
 * The complete subtrees that make up a tree of `size` leaves, largest (leftmost) first: all that an
 * appender has to keep.
 */
export type Frontier = { readonly size: number; readonly hashes: readonly Uint8Array[] }

/** A complete subtree that an append has just closed. */
export type ClosedNode = { readonly level: number; readonly index: number; readonly hash: Uint8Array }

const leafPrefix = new Uint8Array([0])
const nodePrefix = new Uint8Array([1])

export const emptyFrontier: Frontier = { size: 0, hashes: [] }

/** RFC 9162 §2.1.1: SHA-256(00 ‖ leaf). */
export async function leafHash(leaf: Uint8Array): Promise<Bytes> {
  return sha256(concat(leafPrefix, leaf))
}

/** RFC 9162 §2.1.1: SHA-256(01 ‖ left ‖ right). */
export async function nodeHash(left: Uint8Array, right: Uint8Array): Promise<Bytes> {
  return sha256(concat(nodePrefix, left, right))
}

/** Root of a tree over these leaf hashes; of none, SHA-256 of nothing. */
export async function rootOf(leafHashes: readonly Uint8Array[]): Promise<Uint8Array> {
  return rangeHash(nodesOf(leafHashes), 0, leafHashes.length)
}

/** Nodes of a tree held in memory; each subtree is hashed once. */
export function nodesOf(leafHashes: readonly Uint8Array[]): Nodes {
  const known = new Map<string, Promise<Uint8Array>>()
  const find: Nodes = (level, index) => {
    const name = `${level}/${index}`
    const found = known.get(name) ?? compute(level, index)
    known.set(name, found)
    return found
  }
  const compute: Nodes = async (level, index) => {
    if (level > 0) {
      return nodeHash(await find(level - 1, index * 2), await find(level - 1, index * 2 + 1))
    }
    const leaf = leafHashes[index]
    if (leaf === undefined) {
      throw new RangeError('no such leaf')
    }
    return leaf
  }
  return find
}

/** Adds one leaf. `closed` are the subtrees now complete, the leaf's own first: what tiles are filled from. */
export async function appendLeaf(
  frontier: Frontier,
  hash: Uint8Array,
): Promise<{ readonly frontier: Frontier; readonly closed: readonly ClosedNode[] }> {
  const hashes = [...frontier.hashes]
  const closed: ClosedNode[] = [{ level: 0, index: frontier.size, hash }]
  let index = frontier.size
  let joined: Uint8Array = hash
  for (let level = 1; index % 2 === 1; level += 1) {
    joined = await nodeHash(hashes.pop() ?? joined, joined)
    index = Math.floor(index / 2)
    closed.push({ level, index, hash: joined })
  }
  hashes.push(joined)
  return { frontier: { size: frontier.size + 1, hashes }, closed }
}

/** Root of the tree whose complete subtrees these are. */
export async function frontierRoot(frontier: Frontier): Promise<Uint8Array> {
  const [smallest, ...rest] = frontier.hashes.toReversed()
  let root: Uint8Array | undefined = smallest
  for (const left of rest) {
    root = root === undefined ? left : await nodeHash(left, root)
  }
  return root ?? sha256(new Uint8Array(0))
}

/** The frontier of the first `size` leaves, read back from stored nodes. */
export async function frontierOf(nodes: Nodes, size: number): Promise<Frontier> {
  const hashes: Uint8Array[] = []
  for (let start = 0; start < size; ) {
    const level = Math.floor(Math.log2(size - start))
    hashes.push(await nodes(level, start / 2 ** level))
    start += 2 ** level
  }
  return { size, hashes }
}

/** Root of the first `size` leaves. */
export async function rootAt(nodes: Nodes, size: number): Promise<Uint8Array> {
  return rangeHash(nodes, 0, size)
}

/** RFC 9162 §2.1.3.1. Throws RangeError unless 0 ≤ index < size. */
export async function inclusionProof(nodes: Nodes, index: number, size: number): Promise<readonly Uint8Array[]> {
  if (!isSize(size) || !isSize(index) || index >= size) {
    throw new RangeError('no such leaf')
  }
  const path: Uint8Array[] = []
  let [start, end] = [0, size]
  while (end - start > 1) {
    const split = start + splitOf(end - start)
    const goesLeft = index < split
    path.push(goesLeft ? await rangeHash(nodes, split, end) : await rangeHash(nodes, start, split))
    ;[start, end] = goesLeft ? [start, split] : [split, end]
  }
  return path.reverse()
}

/** RFC 9162 §2.1.4.1. Empty when the sizes are equal or the older tree is empty. */
export async function consistencyProof(
  nodes: Nodes,
  olderSize: number,
  newerSize: number,
): Promise<readonly Uint8Array[]> {
  if (!isSize(olderSize) || !isSize(newerSize) || olderSize > newerSize) {
    throw new RangeError('the older tree is the larger one')
  }
  if (olderSize === 0) {
    return []
  }
  const path: Uint8Array[] = []
  let [start, end] = [0, newerSize]
  // Descend until the older tree ends where this subtree ends.
  while (olderSize !== end) {
    const split = start + splitOf(end - start)
    const goesLeft = olderSize <= split
    path.push(goesLeft ? await rangeHash(nodes, split, end) : await rangeHash(nodes, start, split))
    ;[start, end] = goesLeft ? [start, split] : [split, end]
  }
  // A subtree that begins at 0 is the older root itself, which the verifier has.
  return start === 0 ? path.reverse() : [await rangeHash(nodes, start, end), ...path.reverse()]
}

/** RFC 9162 §2.1.3.2. */
export async function verifyInclusion(claim: {
  readonly leafHash: Uint8Array
  readonly index: number
  readonly size: number
  readonly proof: readonly Uint8Array[]
  readonly root: Uint8Array
}): Promise<boolean> {
  const root = await inclusionRoot(claim)
  return root !== null && equal(root, claim.root)
}

/** The root that a proof leads to (RFC 9162 §2.1.3.2, steps 1 to 4), or null when it cannot belong to such a tree. */
export async function inclusionRoot(claim: {
  readonly leafHash: Uint8Array
  readonly index: number
  readonly size: number
  readonly proof: readonly Uint8Array[]
}): Promise<Uint8Array | null> {
  const { index, size, proof } = claim
  if (!isSize(index) || !isSize(size) || index >= size || !areHashes([claim.leafHash, ...proof])) {
    return null
  }
  let first = index
  let last = size - 1
  let hash = claim.leafHash
  for (const sibling of proof) {
    if (last === 0) {
      return null
    }
    if (first % 2 === 1 || first === last) {
      hash = await nodeHash(sibling, hash)
      while (first % 2 === 0 && first !== 0) {
        first /= 2
        last = Math.floor(last / 2)
      }
    } else {
      hash = await nodeHash(hash, sibling)
    }
    first = Math.floor(first / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 ? hash : null
}

/** RFC 9162 §2.1.4.2, with the empty tree consistent with every later one. */
export async function verifyConsistency(claim: {
  readonly olderSize: number
  readonly olderRoot: Uint8Array
  readonly newerSize: number
  readonly newerRoot: Uint8Array
  readonly proof: readonly Uint8Array[]
}): Promise<boolean> {
  const { olderSize, olderRoot, newerSize, newerRoot, proof } = claim
  if (!isSize(olderSize) || !isSize(newerSize) || olderSize > newerSize) {
    return false
  }
  if (!areHashes([olderRoot, newerRoot, ...proof])) {
    return false
  }
  if (olderSize === newerSize) {
    return proof.length === 0 && equal(olderRoot, newerRoot)
  }
  if (olderSize === 0) {
    return proof.length === 0 && equal(olderRoot, await sha256(new Uint8Array(0)))
  }
  const path = isPowerOfTwo(olderSize) ? [olderRoot, ...proof] : proof
  const [seed, ...rest] = path
  if (seed === undefined) {
    return false
  }
  let first = olderSize - 1
  let last = newerSize - 1
  while (first % 2 === 1) {
    first = Math.floor(first / 2)
    last = Math.floor(last / 2)
  }
  let older: Uint8Array = seed
  let newer: Uint8Array = seed
  for (const sibling of rest) {
    if (last === 0) {
      return false
    }
    if (first % 2 === 1 || first === last) {
      older = await nodeHash(sibling, older)
      newer = await nodeHash(sibling, newer)
      while (first % 2 === 0 && first !== 0) {
        first /= 2
        last = Math.floor(last / 2)
      }
    } else {
      newer = await nodeHash(newer, sibling)
    }
    first = Math.floor(first / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && equal(older, olderRoot) && equal(newer, newerRoot)
}

async function rangeHash(nodes: Nodes, start: number, end: number): Promise<Uint8Array> {
  const width = end - start
  if (width === 0) {
    return sha256(new Uint8Array(0))
  }
  if (isPowerOfTwo(width)) {
    return nodes(Math.log2(width), start / width)
  }
  const split = start + splitOf(width)
  return nodeHash(await rangeHash(nodes, start, split), await rangeHash(nodes, split, end))
}

// The largest power of two below the width (RFC 9162 §2.1.1). Sizes stay below 2^53, where log2 of
// 2^k - 1 would round up, so the result is corrected.
function splitOf(width: number): number {
  let split = 2 ** Math.floor(Math.log2(width))
  while (split >= width) {
    split /= 2
  }
  return split
}

function isPowerOfTwo(value: number): boolean {
  return value === 1 || (value > 1 && splitOf(value) * 2 === value)
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function areHashes(values: readonly Uint8Array[]): boolean {
  return values.every((value) => value.length === 32)
}
