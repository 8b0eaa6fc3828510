import path from 'node:path'
import type { Folders } from '../kernel/open-kernel.ts'
import { copyFootage, copyPublished, type SeenFolders } from './copy-footage.ts'
import { destroyedRecordings, isDestroyed, removeDestroyed } from './destroyed.ts'
import { type BackupPlan, partsOf } from './plan.ts'
import { shipWal, waitingWal } from './ship-wal.ts'
import { keyStoreState, readCheckpoints, snapshotCheckpoints, snapshotKeys, thinKeyCopies } from './snapshot-keys.ts'

/** What one carrier remembers, so that it does not look at the same things again. */
export type Carried = {
  readonly seen: SeenFolders
  keys: string
  checkpoints: string | null
  destroyed: ReadonlySet<string>
  removedFor: number
}

export const nothingCarried = (): Carried => ({
  seen: new Map(),
  keys: '',
  checkpoints: null,
  destroyed: new Set(),
  removedFor: 0,
})

/**
 * Carries away what has come since the last time, so that what lies elsewhere can be restored at whatever instant is its last.
 *
 *  1. which pieces of the log wait     2. the key store or, when no key has changed, the last checkpoint alone; the published log
 *  3. footage     4. those pieces
 *
 * A segment's object and its key are durable before the row that names them, and that row before its piece of the log is
 * finished: no piece that is carried away names what is not there already. A crash between leaves keys and footage that no
 * piece names yet, never the other way round.
 */
export async function carryAway(
  { data, postgres, footage }: Folders,
  plan: BackupPlan,
  carried: Carried,
  nowMs: number,
): Promise<{ readonly copied: number }> {
  const pieces = await waitingWal(postgres)
  await carryKeys(data, plan, carried, nowMs)
  const { destroyed } = carried
  const to = partsOf(plan.folder).footage
  const leaveOut = (name: string): boolean => isDestroyed(name, destroyed)
  const copied = await copyFootage({ from: footage, to, leaveOut }, carried.seen, nowMs)
  // What was copied before its recording was destroyed: looked for once more after each destruction.
  if (destroyed.size !== carried.removedFor) {
    await removeDestroyed(to, destroyed)
    carried.removedFor = destroyed.size
  }
  await shipWal(postgres, plan, pieces)
  return { copied }
}

async function carryKeys(data: string, plan: BackupPlan, carried: Carried, nowMs: number): Promise<void> {
  // Checkpoints first: while no key has changed after, they belong to the keys that were copied.
  const checkpoints = await readCheckpoints(data)
  const { state } = await keyStoreState(data)
  if (state !== carried.keys) {
    await snapshotKeys(data, plan, nowMs)
    carried.destroyed = await destroyedRecordings(data)
  } else if (checkpoints !== null && checkpoints !== carried.checkpoints) {
    await snapshotCheckpoints(checkpoints, plan, nowMs)
    await thinKeyCopies(plan.folder, nowMs)
  } else {
    // They grow old also while nothing changes.
    await thinKeyCopies(plan.folder, nowMs)
    return
  }
  // Published leaves are public: they travel as they are.
  await copyPublished(path.join(data, 'ledger'), partsOf(plan.folder).log)
  carried.keys = state
  carried.checkpoints = checkpoints
}
