import {
  type FollowProblem,
  followLog,
  fromHex,
  fromUtf8,
  openNote,
  parseCheckpoint,
  tilePath,
  toHex,
} from '@sereno/proof'
import { Refused, type Server } from '../session/server.ts'
import type { PinnedLog, SeenTree } from './cover.ts'

export type Followed =
  | { readonly ok: true; readonly log: PinnedLog; readonly seen: SeenTree | null }
  | { readonly ok: false; readonly problem: FollowProblem }

/** Origin of the log that a note says it is of; null for what is no checkpoint. */
export function originOf(note: string): string | null {
  const opened = openNote(note)
  const checkpoint = opened.ok ? parseCheckpoint(opened.value.text) : opened
  return checkpoint.ok ? checkpoint.value.origin : null
}

/**
 * From the pinned log to the one that the server shows now, by what the pinned one's own key signed and not by the server's
 * word (packages/proof, continuation.ts). A log whose hand-over is not proven is not followed.
 */
export async function followPinned(
  log: PinnedLog,
  seen: SeenTree | null,
  wanted: string,
  server: Pick<Server, 'file'>,
): Promise<Followed> {
  const text = async (path: string): Promise<string | null> => {
    try {
      return fromUtf8(await server.file(path))
    } catch (error) {
      if (error instanceof Refused) {
        return null
      }
      throw error
    }
  }
  const root = seen === null ? null : fromHex(seen.root)
  const known = {
    origin: log.origin,
    keys: [log.vkey],
    seen: seen === null || root === null ? null : { size: seen.size, root },
  }
  const followed = await followLog(known, wanted, {
    continuation: (origin) => text(`/log/of/${origin}/continuation.json`),
    beginning: (origin) => text(`/log/of/${origin}/beginning.json`),
    tile: (origin, tile) => server.file(`/log/of/${origin}/${tilePath(tile)}`),
  })
  if (!followed.ok) {
    return { ok: false, problem: followed.code }
  }
  const { origin, keys, seen: tree } = followed.value
  // The log's own Ed25519 key comes first (evidence format, section 5); a phone needs no other.
  const [vkey] = keys
  return vkey === undefined
    ? { ok: false, problem: 'not-continued' }
    : { ok: true, log: { origin, vkey }, seen: tree === null ? null : { size: tree.size, root: toHex(tree.root) } }
}
