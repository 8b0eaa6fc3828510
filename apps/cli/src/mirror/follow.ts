import { equal, followContinuation, openNote, parseCheckpoint, type Successor } from '@sereno/proof'
import type { Fetch } from './audit.ts'
import type { Copy } from './copy.ts'

/** The log that answers now, when the one we know says itself that it goes on there; null otherwise. */
export async function findSuccessor(
  fetchLog: Fetch,
  known: { readonly origin: string; readonly keys: readonly string[] },
): Promise<Successor | null> {
  const bytes = await fetchLog('checkpoint').catch(() => null)
  const note = bytes === null ? null : openNote(Buffer.from(bytes).toString('utf8'))
  const named = note?.ok === true ? parseCheckpoint(note.value.text) : null
  if (named?.ok !== true || named.value.origin === known.origin) {
    return null
  }
  const json = await fetchLog(`of/${known.origin}/continuation.json`).catch(() => null)
  return json === null ? null : followContinuation(Buffer.from(json).toString('utf8'), known)
}

/** Whether the new log holds, after its first entry, every leaf of the old one in its order: the first that differs. */
export function firstDifference(old: Copy, next: Copy, oldSize: number): number | null {
  for (let index = 0; index < Math.min(old.size(), oldSize); index += 1) {
    const [before, after] = [old.hashAt(index), next.hashAt(index + 1)]
    if (before === null || after === null || !equal(before, after)) {
      return index
    }
  }
  return null
}
