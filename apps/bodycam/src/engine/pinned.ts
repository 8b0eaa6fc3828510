import type { DeviceSelf } from '@sereno/contracts'
import type { Folder } from '../journal/folder.ts'
import { createKeeper, readJson, type VaultKey } from '../journal/vault.ts'
import type { PinnedLog, SeenTree } from '../upload/cover.ts'

/** What the phone learned when it was enrolled and believes against the server ever after: the log, and how it stood. */
export type Pinned = {
  readonly log: () => PinnedLog
  readonly seen: () => SeenTree | null
  /** A checkpoint that was verified: later ones must continue it. */
  readonly saw: (tree: SeenTree) => Promise<void>
  /** The log that continues it, once that is proven (upload/follow.ts): from now on this one is believed. */
  readonly goesOn: (log: PinnedLog, seen: SeenTree | null) => Promise<void>
}
type PinnedFile = { readonly log: PinnedLog; readonly seen: SeenTree | null }

const fileName = 'pinned'

/**
 * Opens the pin of one enrolment. It is made from the server's first word after the enrolment (`fresh`), and never again by its
 * word: a log under another key is followed where the pinned one's own key signed the hand-over, and otherwise needs the
 * phone to be enrolled again, by people. A log that stays the same keeps what was seen.
 */
export async function openPinned(folder: Folder, vault: VaultKey, self: DeviceSelf, fresh: boolean): Promise<Pinned> {
  const keeper = createKeeper<PinnedFile>(vault, folder, fileName)
  const known = await readJson<PinnedFile>(vault, folder, fileName, fileName)
  const { origin, vkey } = self.log
  const isSame = known?.log.origin === origin && known.log.vkey === vkey
  let pinned: PinnedFile = known !== null && (!fresh || isSame) ? known : { log: { origin, vkey }, seen: null }
  if (pinned !== known) {
    await keeper.keep(pinned)
  }
  return {
    log: () => pinned.log,
    seen: () => pinned.seen,
    saw: async (tree) => {
      if (pinned.seen === null || tree.size > pinned.seen.size) {
        pinned = { ...pinned, seen: tree }
        await keeper.keep(pinned)
      }
    },
    goesOn: async (log, seen) => {
      pinned = { log, seen }
      await keeper.keep(pinned)
    },
  }
}
