import { close, fsync, open } from 'node:fs'

/**
 * Makes names durable: fsync of a directory. Calls for the same directory that arrive while one is under way share the
 * next one, so each caller waits for an fsync that started after its own rename.
 */
export type DirectorySync = { readonly sync: (folder: string) => Promise<void> }

export function createDirectorySync(syncFolder: (folder: string) => Promise<void> = fsyncFolder): DirectorySync {
  const running = new Map<string, Promise<void>>()
  const queued = new Map<string, Promise<void>>()

  function begin(folder: string): Promise<void> {
    const run = syncFolder(folder).finally(() => {
      if (running.get(folder) === run) {
        running.delete(folder)
      }
    })
    running.set(folder, run)
    return run
  }

  return {
    sync(folder) {
      const current = running.get(folder)
      if (current === undefined) {
        return begin(folder)
      }
      const waiting = queued.get(folder)
      if (waiting !== undefined) {
        return waiting
      }
      const next = current
        .catch(() => undefined)
        .then(() => {
          queued.delete(folder)
          return begin(folder)
        })
      queued.set(folder, next)
      return next
    },
  }
}

/** fsync of one directory, through the callback API: no FileHandle object for each call on the ingest path. */
export function fsyncFolder(folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    open(folder, 'r', (openError, descriptor) => {
      if (openError !== null) {
        reject(openError)
        return
      }
      fsync(descriptor, (syncError) => {
        close(descriptor, () => (syncError === null ? resolve() : reject(syncError)))
      })
    })
  })
}
