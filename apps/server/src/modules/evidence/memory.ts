/** What ingest remembers between uploads, so that each does not ask again. */

export type Memory = {
  readonly has: (name: string) => boolean
  readonly add: (name: string) => void
  readonly delete: (name: string) => void
}

/** Names once seen; forgets all of them when there are too many. Only to spare work. */
export function createMemory(maximum: number): Memory {
  const names = new Set<string>()
  return {
    has: (name) => names.has(name),
    add: (name) => {
      if (names.size >= maximum) {
        names.clear()
      }
      names.add(name)
    },
    delete: (name) => void names.delete(name),
  }
}

/** Data keys of the recordings now arriving; a failed request is not remembered. */
export function createKeyCache(
  load: (recording: string) => Promise<Uint8Array>,
): (recording: string) => Promise<Uint8Array> {
  const keys = new Map<string, Promise<Uint8Array>>()
  return (recording) => {
    const known = keys.get(recording)
    if (known !== undefined) {
      return known
    }
    if (keys.size >= 2_000) {
      keys.clear()
    }
    const loading = load(recording)
    keys.set(recording, loading)
    loading.catch(() => keys.delete(recording))
    return loading
  }
}
