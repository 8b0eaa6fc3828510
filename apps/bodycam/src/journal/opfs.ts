import type { AppendFile, Folder } from './folder.ts'

/** OPFS through synchronous access handles, which exist in dedicated workers only and flush to the disk when told. */
export async function openOpfs(name: string): Promise<Folder> {
  const root = await navigator.storage.getDirectory()
  return folderOf(await root.getDirectoryHandle(name, { create: true }))
}

function folderOf(handle: FileSystemDirectoryHandle): Folder {
  return {
    names: async () => {
      const names: string[] = []
      for await (const name of handle.keys()) {
        names.push(name)
      }
      return names
    },
    folder: async (name) => folderOf(await handle.getDirectoryHandle(name, { create: true })),
    read: async (name) => {
      const file = await ifPresent(handle.getFileHandle(name))
      return file === null ? null : new Uint8Array(await (await file.getFile()).arrayBuffer())
    },
    write: async (name, bytes) => {
      const file = await handle.getFileHandle(name, { create: true })
      const access = await file.createSyncAccessHandle()
      try {
        access.truncate(0)
        writeAll(access, bytes, 0)
        access.flush()
      } finally {
        access.close()
      }
    },
    append: async (name) => {
      const file = await handle.getFileHandle(name, { create: true })
      return appendFileOf(await file.createSyncAccessHandle())
    },
    remove: async (name) => {
      await ifPresent(handle.removeEntry(name, { recursive: true }))
    },
  }
}

function appendFileOf(access: FileSystemSyncAccessHandle): AppendFile {
  return {
    size: () => access.getSize(),
    append: (bytes) => {
      const end = access.getSize()
      try {
        writeAll(access, bytes, end)
        access.flush()
      } catch (error) {
        // a full disk may have taken a part of it; what follows must not land behind a torn record
        access.truncate(end)
        throw error
      }
    },
    truncate: (sizeBytes) => {
      access.truncate(sizeBytes)
      access.flush()
    },
    close: () => access.close(),
  }
}

function writeAll(access: FileSystemSyncAccessHandle, bytes: Uint8Array<ArrayBuffer>, at: number): void {
  const written = access.write(bytes, { at })
  if (written !== bytes.length) {
    throw new DOMException('the disk took a part only', 'QuotaExceededError')
  }
}

async function ifPresent<T>(entry: Promise<T>): Promise<T | null> {
  try {
    return await entry
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') {
      return null
    }
    throw error
  }
}
