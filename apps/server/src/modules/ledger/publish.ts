import { consistencyProof, equal, rootAt, type Tile, tilesBetween, tileWidth, toHex } from '@sereno/proof'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, Db } from '../../kernel/database.ts'
import { type Signer, SignerRefusal } from '../../kernel/signer.ts'
import type { LedgerState, PublishedCheckpoint } from './door.ts'
import { storedNodes } from './frontier.ts'
import type { Mirror } from './mirror.ts'
import type { Step } from './sequence.ts'
import { insertCheckpoint, type Log, leavesBetween, lockLog, newestStored, sizeOf } from './store.ts'

export type PublisherDeps = {
  readonly database: Database
  readonly signer: Signer
  readonly clock: Clock
  readonly mirrorOf: (log: Log) => Mirror
  readonly step?: Step
}

/** `checkpoint` is the newest one, `isNew` whether this call made it. */
export type Publication = {
  readonly state: LedgerState
  readonly checkpoint: PublishedCheckpoint | null
  readonly isNew: boolean
}

/**
 * Publishes the sequenced tree. Order of effects, and what a crash after each means:
 *
 * 1. Take the municipality's advisory lock. Crash: the lock goes with the session.
 * 2. Compare the tree with the signer's last checkpoint: stop here when it is not an extension of it.
 * 3. Write the new entry bundles to the mirror, fsynced. Crash: the mirror is ahead by leaves that are committed
 *    and placed; the next run writes the same bytes again.
 * 4. The signer proves consistency, fsyncs, signs. Crash: the signer is ahead of the checkpoint table. The next run
 *    asks it for what it signed last (step 2), goes on from there, and signing the same size again gives the same note.
 * 5. Insert the checkpoint and commit. Crash: published; listeners of the dead process are gone with it.
 * 6. Tell the listeners.
 *
 * Recovery is the next run: there is no other code for it.
 */
export async function publish(deps: PublisherDeps, log: Log): Promise<Publication> {
  const step = deps.step ?? (() => undefined)
  const published = await deps.database.transaction(async (tx): Promise<Publication> => {
    await lockLog(tx, log.municipality, 'publish')
    const size = await sizeOf(tx, log.municipality)
    const stored = await newestStored(tx, log.municipality)
    const compared = await compareWithSigner(deps.signer, tx, log, size)
    await step('publish.compared')
    if (compared.state !== 'following' || size === 0 || stored?.size === size) {
      return { state: compared.state, checkpoint: stored === null ? null : shown(stored), isNew: false }
    }
    await mirrorLeaves(deps.mirrorOf(log), tx, log, stored?.size ?? 0, size)
    await step('publish.mirrored')
    const nodes = storedNodes(tx, log.municipality, size)
    const root = await rootAt(nodes, size)
    const consistency = await consistencyProof(nodes, compared.signedSize, size)
    const note = await signOrNull(deps.signer, { origin: log.origin, size, root, consistency })
    if (note === null) {
      return { state: 'forked', checkpoint: stored === null ? null : shown(stored), isNew: false }
    }
    await step('publish.signed')
    const checkpoint = { size, root, note, published_at: deps.clock.nowMs() }
    await insertCheckpoint(tx, log.municipality, checkpoint)
    await step('publish.written')
    return { state: 'following', checkpoint: shown(checkpoint), isNew: true }
  })
  await step('publish.committed')
  return published
}

/** Whether the stored tree of `size` leaves holds all that the signer ever signed for this log. */
export async function compareWithSigner(
  signer: Signer,
  db: Db,
  log: Log,
  size: number,
): Promise<{ readonly state: LedgerState; readonly signedSize: number }> {
  const signed = await signer.lastCheckpoint(log.origin)
  if (signed === null) {
    return { state: 'following', signedSize: 0 }
  }
  if (signed.size > size) {
    return { state: 'behind', signedSize: signed.size }
  }
  const root = await rootAt(storedNodes(db, log.municipality, signed.size), signed.size)
  return { state: equal(root, signed.root) ? 'following' : 'forked', signedSize: signed.size }
}

export function shown(checkpoint: {
  readonly size: number
  readonly root: Uint8Array
  readonly published_at: number
}): PublishedCheckpoint {
  return { size: checkpoint.size, root: toHex(checkpoint.root), publishedAt: checkpoint.published_at }
}

/** Writes every bundle that changed between two sizes; the last one whole again, so that no file is ever torn. */
async function mirrorLeaves(mirror: Mirror, tx: Db, log: Log, from: number, to: number): Promise<void> {
  for (const tile of tilesBetween(from, to)) {
    if (tile.level === 'entries') {
      await mirrorBundle(mirror, tx, log, tile)
    }
  }
}

async function mirrorBundle(mirror: Mirror, db: Db, log: Log, tile: Pick<Tile, 'index' | 'width'>): Promise<void> {
  const leaves = await leavesBetween(db, log.municipality, tile.index * tileWidth, tile.width)
  await mirror.write(
    tile.index,
    leaves.map(({ bytes }) => bytes),
  )
}

/** Writes the published bundles that the mirror has not: it is not in a backup, so a new machine begins without. */
export async function completeMirror(mirror: Mirror, db: Db, log: Log, publishedSize: number): Promise<void> {
  for (let index = 0; index * tileWidth < publishedSize; index += 1) {
    if (!(await mirror.has(index))) {
      await mirrorBundle(mirror, db, log, { index, width: Math.min(tileWidth, publishedSize - index * tileWidth) })
    }
  }
}

async function signOrNull(signer: Signer, request: Parameters<Signer['signCheckpoint']>[0]): Promise<string | null> {
  try {
    return await signer.signCheckpoint(request)
  } catch (error) {
    if (error instanceof SignerRefusal && error.code === 'signer.fork') {
      return null
    }
    throw error
  }
}
