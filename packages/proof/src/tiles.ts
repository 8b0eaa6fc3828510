import { concat } from './bytes.ts'
import { type Nodes, nodeHash } from './merkle.ts'

/** One tile of C2SP tlog-tiles: up to 256 hashes of tree level 8·level, or a bundle of entries. */
export type Tile = {
  /** 0…63, or `entries` for the bundle of the leaves themselves. */
  readonly level: number | 'entries'
  readonly index: number
  /** 1…256; below 256 the tile is partial. */
  readonly width: number
}

export const tileWidth = 256
const hashBytes = 32

/**
 * `tile/<L>/<N>[.p/<W>]`, N in groups of three digits, all but the last with a leading x.
 *
 * @example
 * tilePath({ level: 0, index: 1234067, width: 8 }) // tile/0/x001/x234/067.p/8
 */
export function tilePath(tile: Tile): string {
  const groups: string[] = []
  let rest = tile.index
  do {
    groups.unshift(String(rest % 1000).padStart(3, '0'))
    rest = Math.floor(rest / 1000)
  } while (rest > 0)
  const index = groups.map((group, place) => (place === groups.length - 1 ? group : `x${group}`)).join('/')
  return `tile/${tile.level}/${index}${tile.width === tileWidth ? '' : `.p/${tile.width}`}`
}

/** Reads {@link tilePath} strictly (no leading zeros, no zero-padded groups too many), or null. */
export function parseTilePath(path: string): Tile | null {
  const match = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path)
  if (match?.[1] === undefined || match[2] === undefined) {
    return null
  }
  const tile: Tile = {
    level: match[1] === 'entries' ? 'entries' : Number(match[1]),
    index: Number(match[2].replaceAll(/[x/]/g, '')),
    width: match[3] === undefined ? tileWidth : Number(match[3]),
  }
  return tile.width > 0 && tile.level !== 64 && tilePath(tile) === path ? tile : null
}

/** How wide a tile is in a tree of `size` leaves; 0 when it does not exist yet. */
export function tileWidthAt(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / tileWidth ** level)
  return Math.max(0, Math.min(tileWidth, hashes - index * tileWidth))
}

/** Every tile (hashes, then entries) that a tree of `newSize` has and one of `oldSize` had not, or had narrower. */
export function tilesBetween(oldSize: number, newSize: number): readonly Tile[] {
  const tiles: Tile[] = []
  for (let level = 0; newSize >= tileWidth ** level; level += 1) {
    const from = Math.floor(Math.floor(oldSize / tileWidth ** level) / tileWidth)
    for (let index = from; ; index += 1) {
      const width = tileWidthAt(level, index, newSize)
      if (width === 0) {
        break
      }
      if (width !== tileWidthAt(level, index, oldSize)) {
        tiles.push({ level, index, width })
      }
    }
  }
  return [...tiles, ...tiles.filter(({ level }) => level === 0).map((tile): Tile => ({ ...tile, level: 'entries' }))]
}

/**
 * Nodes for proofs out of hash tiles. `readTile` answers a tile's bytes (32 × width, or more); one tile is
 * read at most once by the function returned.
 */
export function nodesOfTiles(size: number, readTile: (tile: Tile) => Promise<Uint8Array>): Nodes {
  const tiles = new Map<string, Promise<Uint8Array>>()
  const tileAt = (level: number, index: number): Promise<Uint8Array> => {
    const tile: Tile = { level, index, width: tileWidthAt(level, index, size) }
    const name = tilePath(tile)
    const found = tiles.get(name) ?? readTile(tile)
    tiles.set(name, found)
    return found
  }
  return async (level, index) => {
    const tileLevel = Math.floor(level / 8)
    const height = level % 8
    const first = index * 2 ** height
    const bytes = await tileAt(tileLevel, Math.floor(first / tileWidth))
    return subtree(bytes, first % tileWidth, 2 ** height)
  }
}

/** An entry bundle: each leaf with its length as u16be. Throws RangeError above 65535 bytes. */
export function encodeEntryBundle(leaves: readonly Uint8Array[]): Uint8Array {
  return concat(
    ...leaves.flatMap((leaf) => {
      if (leaf.length > 0xffff) {
        throw new RangeError('a leaf has at most 65535 bytes')
      }
      return [new Uint8Array([leaf.length >> 8, leaf.length & 0xff]), leaf]
    }),
  )
}

/** Reads {@link encodeEntryBundle}; null when it does not end with a leaf or holds more than 256. */
export function decodeEntryBundle(bytes: Uint8Array): readonly Uint8Array[] | null {
  const leaves: Uint8Array[] = []
  let offset = 0
  while (offset < bytes.length) {
    const length = ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0)
    if (offset + 2 + length > bytes.length || leaves.length === tileWidth) {
      return null
    }
    leaves.push(bytes.subarray(offset + 2, offset + 2 + length))
    offset += 2 + length
  }
  return leaves
}

async function subtree(bytes: Uint8Array, first: number, width: number): Promise<Uint8Array> {
  if (width > 1) {
    const half = width / 2
    return nodeHash(await subtree(bytes, first, half), await subtree(bytes, first + half, half))
  }
  const hash = bytes.subarray(first * hashBytes, (first + 1) * hashBytes)
  if (hash.length !== hashBytes) {
    throw new RangeError('the tile is too short')
  }
  return hash
}
