import { mkdir, open, readFile, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { decodeEntryBundle, encodeEntryBundle, type Tile, tilePath, tilesBetween, tileWidth } from '@sereno/proof'
import type { Db } from '../../kernel/database.ts'
import type { Log } from './store.ts'
import { leavesBetween } from './store-tree.ts'

/** The bytes of an entry bundle (C2SP tlog-tiles), as wide as it is there, or null. */
export type ReadBundle = (index: number) => Promise<Uint8Array | null>

/**
 * A copy of the published leaves in files, outside PostgreSQL and its backups: what a restored database takes back
 * what it has lost from. Public bytes only. One file a bundle of 256, named as in the public log.
 */
export type Mirror = {
  /** Durable when it resolves: file and folder are fsynced, and a reader sees the old bundle or the new one. */
  readonly write: (index: number, leaves: readonly Uint8Array[]) => Promise<void>
  readonly read: ReadBundle
  readonly has: (index: number) => Promise<boolean>
  readonly pathOf: (index: number) => string
}

export function openMirror(folder: string): Mirror {
  const pathOf = (index: number) => join(folder, tilePath({ level: 'entries', index, width: tileWidth }))
  return {
    pathOf,
    async write(index, leaves) {
      const path = pathOf(index)
      await mkdir(dirname(path), { recursive: true })
      const file = await open(`${path}.new`, 'w')
      try {
        await file.writeFile(encodeEntryBundle(leaves))
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(`${path}.new`, path)
      await syncFolder(dirname(path))
    },
    has: (index) =>
      stat(pathOf(index)).then(
        () => true,
        () => false,
      ),
    async read(index) {
      try {
        return new Uint8Array(await readFile(pathOf(index)))
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
          return null
        }
        throw error
      }
    },
  }
}

/** The first `size` leaves of a copy, bundle by bundle; null for a bundle that is missing, short or malformed. */
export async function* leavesOf(
  read: ReadBundle,
  size: number,
): AsyncGenerator<{ readonly first: number; readonly leaves: readonly Uint8Array[] } | null> {
  for (let first = 0; first < size; first += tileWidth) {
    const wanted = Math.min(tileWidth, size - first)
    const bytes = await read(first / tileWidth)
    const leaves = bytes === null ? null : decodeEntryBundle(bytes)
    yield leaves === null || leaves.length < wanted ? null : { first, leaves: leaves.slice(0, wanted) }
  }
}

/** Writes every bundle that changed between two sizes; the last one whole again, so that no file is ever torn. */
export async function mirrorLeaves(mirror: Mirror, tx: Db, log: Log, from: number, to: number): Promise<void> {
  for (const tile of tilesBetween(from, to)) {
    if (tile.level === 'entries') {
      await mirrorBundle(mirror, tx, log, tile)
    }
  }
}

/** Writes the published bundles that the mirror has not: it is not in a backup, so a new machine begins without. */
export async function completeMirror(mirror: Mirror, db: Db, log: Log, publishedSize: number): Promise<void> {
  for (let index = 0; index * tileWidth < publishedSize; index += 1) {
    if (!(await mirror.has(index))) {
      await mirrorBundle(mirror, db, log, { index, width: Math.min(tileWidth, publishedSize - index * tileWidth) })
    }
  }
}

async function mirrorBundle(mirror: Mirror, db: Db, log: Log, tile: Pick<Tile, 'index' | 'width'>): Promise<void> {
  const leaves = await leavesBetween(db, log, tile.index * tileWidth, tile.width)
  await mirror.write(
    tile.index,
    leaves.map(({ bytes }) => bytes),
  )
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
