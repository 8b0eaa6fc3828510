import { toHex } from '../bytes.ts'
import { decodeCanonical } from '../canonical-json.ts'
import { sha256 } from '../hash.ts'
import { sequenceOfMember } from '../package/content.ts'
import type { Check } from '../shape.ts'
import type { Source } from '../source.ts'
import { maximumEnvelopeBytes } from '../upload.ts'
import type { Crc32 } from '../zip/crc32.ts'
import { type Entry, localHeader, maximumMemberBytes } from '../zip/layout.ts'
import { readMember } from '../zip/reader.ts'
import type { WrittenMember } from '../zip/writer.ts'
import type { Report } from './report.ts'

/** `bytes` are good until the next member is read. */
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

const maximumParsedBytes = 24 * 1024 * 1024

export type ReadOptions = {
  readonly crc32: Crc32
  /** What the last member signs of the others: a sum signed beside the hash need not be summed again. */
  readonly signed: readonly WrittenMember[]
  readonly report: Report
  readonly signal: AbortSignal | null
  readonly onProgress: (doneBytes: number, totalBytes: number) => void
}

export function createMembers(source: Source, entries: readonly Entry[], options: ReadOptions): Members {
  const { crc32, report, signal, onProgress } = options
  const sums = new Map(options.signed.map((member) => [member.name, member.crc32]))
  const byName = new Map(entries.map((entry) => [entry.name, entry]))
  const hashes = new Map<string, string>()
  let doneBytes = 0
  let buffer = new Uint8Array(0)
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
      if (entry.sizeBytes > maximumBytesOf(name)) {
        report.failed('container', 'member-too-long', { segment: sequenceOfMember(name), detail: { member: name } })
        return null
      }
      const neededBytes = localHeader(entry).length + entry.sizeBytes
      // The directory has been checked against the file's size, so no claim costs more than the file has.
      buffer = buffer.length < neededBytes ? new Uint8Array(neededBytes) : buffer
      const { bytes, problem } = await readMember(source, entry, sums.get(name) ?? crc32, buffer)
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

// What is parsed costs a multiple of its size in memory; media is only hashed.
function maximumBytesOf(name: string): number {
  if (name.startsWith('media/') || name.startsWith('files/')) {
    return maximumMemberBytes
  }
  return name.startsWith('statements/') || name.startsWith('conflicts/') ? maximumEnvelopeBytes : maximumParsedBytes
}

/** A member of canonical JSON in the shape expected, or null. */
export async function readJson<Value>(members: Members, name: string, check: Check<Value>): Promise<Value | null> {
  const member = await members.read(name)
  const decoded = member === null ? null : decodeCanonical(member.bytes)
  return decoded?.ok === true ? (check(decoded.value) ?? null) : null
}
