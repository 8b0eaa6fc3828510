import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import path from 'node:path'
import type { DestinationStream } from 'pino'

/** A log file that turns over by size: `name`, `name.1` … `name.<keep>`; together never more than (keep + 1) × limit. */
export type LogFile = DestinationStream & { readonly close: () => void }

export function openLogFile(options: {
  readonly folder: string
  readonly name: string
  readonly limitBytes?: number
  readonly keep?: number
}): LogFile {
  const limitBytes = options.limitBytes ?? 10 * 1024 * 1024
  const keep = options.keep ?? 5
  const file = path.join(options.folder, options.name)
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  let descriptor = openSync(file, 'a', 0o600)
  let sizeBytes = fstatSync(descriptor).size
  let isOpen = true

  function turnOver(): void {
    closeSync(descriptor)
    for (let age = keep; age > 0; age -= 1) {
      try {
        renameSync(age === 1 ? file : `${file}.${age - 1}`, `${file}.${age}`)
      } catch {
        // Not so many yet.
      }
    }
    descriptor = openSync(file, 'a', 0o600)
    sizeBytes = 0
  }

  return {
    write(line) {
      if (!isOpen) {
        return
      }
      try {
        if (sizeBytes > 0 && sizeBytes + line.length > limitBytes) {
          turnOver()
        }
        sizeBytes += writeSync(descriptor, line)
      } catch {
        // A full disk must not take the server down with its log.
      }
    },
    close() {
      isOpen = false
      closeSync(descriptor)
    },
  }
}
