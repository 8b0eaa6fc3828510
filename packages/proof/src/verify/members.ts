import { toHex } from '../bytes.ts'
import { decodeCanonical } from '../canonical-json.ts'
import { sha256 } from '../hash.ts'
import { sequenceOfMember } from '../package/content.ts'
import type { Check } from '../shape.ts'
import type { Source } from '../source.ts'
import type { Crc32 } from '../zip/crc32.ts'
import type { Entry } from '../zip/layout.ts'
import { readMember } from '../zip/reader.ts'
import type { Report } from './report.ts'

export type ReadMember = { readonly bytes: Uint8Array; readonly sha256: string }

/** The members of one archive, each read and hashed once. */
export type Members = {
  readonly entries: readonly Entry[]
  readonly has: (name: string) => boolean
  /** Null when there is none. Damage to its container form is reported here; its bytes come all the same. */
  readonly read: (name: string) => Promise<ReadMember | null>
  /** What has been read so far, name to SHA-256. */
  readonly hashes: ReadonlyMap<string, string>
}

export type ReadOptions = {
  readonly crc32: Crc32
  readonly report: Report
  readonly signal: AbortSignal | null
  readonly onProgress: (doneBytes: number, totalBytes: number) => void
}

export function createMembers(source: Source, entries: readonly Entry[], options: ReadOptions): Members {
  const { crc32, report, signal, onProgress } = options
  const byName = new Map(entries.map((entry) => [entry.name, entry]))
  const hashes = new Map<string, string>()
  let doneBytes = 0
  return {
    entries,
    hashes,
    has: (name) => byName.has(name),
    read: async (name) => {
      const entry = byName.get(name)
      if (entry === undefined) {
        return null
      }
      signal?.throwIfAborted()
      const { bytes, problem } = await readMember(source, entry, crc32)
      if (problem !== null) {
        report.failed('container', problem, { segment: sequenceOfMember(name), detail: { member: name } })
      }
      const digest = toHex(await sha256(bytes))
      hashes.set(name, digest)
      doneBytes += entry.sizeBytes
      onProgress(doneBytes, source.sizeBytes)
      return { bytes, sha256: digest }
    },
  }
}

/** A member of canonical JSON in the shape expected, or null. */
export async function readJson<Value>(members: Members, name: string, check: Check<Value>): Promise<Value | null> {
  const member = await members.read(name)
  const decoded = member === null ? null : decodeCanonical(member.bytes)
  return decoded?.ok === true ? (check(decoded.value) ?? null) : null
}
