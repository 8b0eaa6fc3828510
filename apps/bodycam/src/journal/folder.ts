/**
 * What the journal needs of a file system: the part of OPFS (File System Standard §3) that keeps its promise when the
 * page is killed. The browser's own is in opfs.ts.
 */
export type Folder = {
  /** Names of files and folders in it, in no order. */
  readonly names: () => Promise<readonly string[]>
  readonly folder: (name: string) => Promise<Folder>
  /** Whole content, or null when there is no such file. */
  readonly read: (name: string) => Promise<Uint8Array<ArrayBuffer> | null>
  /** Replaces the file; resolves after the bytes were flushed. A kill in between leaves a file that does not open. */
  readonly write: (name: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>
  readonly append: (name: string) => Promise<AppendFile>
  /** Removes a file, or a folder with all in it. Nothing happens when it is not there. */
  readonly remove: (name: string) => Promise<void>
}

/** A file that only grows while it is open. */
export type AppendFile = {
  readonly size: () => number
  /** Returns after the bytes were flushed. */
  readonly append: (bytes: Uint8Array<ArrayBuffer>) => void
  readonly truncate: (sizeBytes: number) => void
  readonly close: () => void
}
