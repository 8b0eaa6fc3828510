import type { AppendFile, Folder } from './folder.ts'

/** A folder in memory, for tests of pure logic: like OPFS, and it can run full or be cut off between two writes. */
export type MemoryFolder = Folder & { readonly state: MemoryState }
export type MemoryState = {
  readonly files: Map<string, Uint8Array<ArrayBuffer>>
  /** Writes still allowed before every further one fails as a full disk does. */
  writesLeft: number
  /** Bytes it holds before it is full. */
  roomBytes?: number
  /** Which files cannot be written, by their whole path. */
  refuses?: RegExp | undefined
}

export function memoryFolder(
  state: MemoryState = { files: new Map(), writesLeft: Number.POSITIVE_INFINITY },
  path = '',
): MemoryFolder {
  const spend = (name: string, sizeBytes: number): void => {
    const held = [...state.files].reduce((sum, [file, bytes]) => sum + (file === name ? 0 : bytes.length), 0)
    const isRefused = state.refuses?.test(name) === true
    if (isRefused || state.writesLeft <= 0 || held + sizeBytes > (state.roomBytes ?? Number.POSITIVE_INFINITY)) {
      throw new DOMException('no room', 'QuotaExceededError')
    }
    state.writesLeft -= 1
  }
  const key = (name: string): string => `${path}${name}`
  return {
    state,
    names: async () => [
      ...new Set(
        [...state.files.keys()]
          .filter((name) => name.startsWith(path))
          .map((name) => name.slice(path.length).split('/')[0] ?? ''),
      ),
    ],
    folder: async (name) => memoryFolder(state, `${path}${name}/`),
    read: async (name) => {
      const bytes = state.files.get(key(name))
      return bytes === undefined ? null : new Uint8Array(bytes)
    },
    write: async (name, bytes) => {
      spend(key(name), bytes.length)
      state.files.set(key(name), new Uint8Array(bytes))
    },
    append: async (name) => appendFile(state, key(name), spend),
    remove: async (name) => {
      for (const file of [...state.files.keys()]) {
        if (file === key(name) || file.startsWith(`${key(name)}/`)) {
          state.files.delete(file)
        }
      }
    },
  }
}

function appendFile(state: MemoryState, key: string, spend: (name: string, sizeBytes: number) => void): AppendFile {
  const content = (): Uint8Array<ArrayBuffer> => state.files.get(key) ?? new Uint8Array(0)
  state.files.set(key, content())
  return {
    size: () => content().length,
    append: (bytes) => {
      spend(key, content().length + bytes.length)
      const joined = new Uint8Array(content().length + bytes.length)
      joined.set(content())
      joined.set(bytes, content().length)
      state.files.set(key, joined)
    },
    truncate: (sizeBytes) => state.files.set(key, content().slice(0, sizeBytes)),
    close: () => undefined,
  }
}
