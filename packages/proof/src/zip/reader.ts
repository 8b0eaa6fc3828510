import { type Bytes, compare, concat, equal, fromUtf8, utf8 } from '../bytes.ts'
import { accept, type Result, refuse } from '../result.ts'
import type { Source } from '../source.ts'
import type { Crc32 } from './crc32.ts'
import {
  directoryHeader,
  type Entry,
  endBytes,
  endRecords,
  isMemberName,
  localHeader,
  maximumDirectoryBytes,
  maximumEntries,
  maximumMemberBytes,
  needsZip64,
  zip64EndBytes,
} from './layout.ts'

export type ArchiveProblem =
  | 'truncated'
  | 'no-end-record'
  | 'end-record-differs'
  | 'too-many-members'
  | 'directory-too-long'
  | 'directory-differs'
  | 'forbidden-name'
  | 'member-too-long'
  | 'members-out-of-order'
  | 'repeated-name'
  | 'members-overlap'

export type MemberProblem = 'truncated' | 'local-header-differs' | 'crc-differs'

export type Archive = { readonly entries: readonly Entry[] }

/** What reading one member gave. Its bytes come even with a problem, so that the damage can be located. */
export type Member = { readonly bytes: Uint8Array; readonly problem: MemberProblem | null }

type End = { readonly count: number; readonly directoryBytes: number; readonly directoryOffset: number }

/**
 * Reads the directory of an archive of our one profile. Every byte after the last member is rebuilt from what was
 * read and compared, so one archive has one form. Limits are checked before anything is allocated.
 * `last` is the name that stands at the end, out of order.
 */
export async function openArchive(source: Source, last: string): Promise<Result<Archive, ArchiveProblem>> {
  const end = await readEnd(source)
  if (!end.ok) {
    return end
  }
  const { count, directoryBytes, directoryOffset } = end.value
  const directory = await source.read(directoryOffset, directoryBytes)
  if (directory.length !== directoryBytes) {
    return refuse('truncated')
  }
  const entries = parseDirectory(directory, count)
  if (!entries.ok) {
    return entries
  }
  const problem = orderProblem(entries.value, directoryOffset, last)
  return problem === null ? accept({ entries: entries.value }) : refuse(problem)
}

/**
 * Reads one member whole: its header is rebuilt and compared, its bytes are summed. `sumOf` may be a sum known from
 * elsewhere (signed beside the bytes' hash), which saves the summing. With `into`, the bytes answered are gone
 * at the next reading into it.
 */
export async function readMember(
  source: Source,
  entry: Entry,
  sumOf: Crc32 | number,
  into?: Uint8Array,
): Promise<Member> {
  const header = localHeader(entry)
  const read = await source.read(entry.offset, header.length + entry.sizeBytes, into)
  const bytes = read.subarray(header.length)
  if (bytes.length !== entry.sizeBytes) {
    return { bytes, problem: 'truncated' }
  }
  if (!equal(read.subarray(0, header.length), header)) {
    return { bytes, problem: 'local-header-differs' }
  }
  const sum = typeof sumOf === 'number' ? sumOf : sumOf(bytes)
  return { bytes, problem: sum === entry.crc32 ? null : 'crc-differs' }
}

async function readEnd(source: Source): Promise<Result<End, ArchiveProblem>> {
  if (source.sizeBytes < endBytes) {
    return refuse('truncated')
  }
  const tailBytes = Math.min(source.sizeBytes, zip64EndBytes + endBytes)
  const tail = await source.read(source.sizeBytes - tailBytes, tailBytes)
  if (tail.length !== tailBytes) {
    return refuse('truncated')
  }
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength)
  const at = tailBytes - endBytes
  if (view.getUint32(at, true) !== 0x06054b50) {
    return refuse('no-end-record')
  }
  const plain: End = {
    count: view.getUint16(at + 10, true),
    directoryBytes: view.getUint32(at + 12, true),
    directoryOffset: view.getUint32(at + 16, true),
  }
  const isFar = needsZip64(plain.count, plain.directoryBytes, plain.directoryOffset)
  if (isFar && at < zip64EndBytes) {
    return refuse('no-end-record')
  }
  const end = isFar ? readZip64End(view) : plain
  const problem = endProblem(end, source.sizeBytes, isFar)
  if (problem !== null) {
    return refuse(problem)
  }
  const expected = endRecords(end.count, end.directoryBytes, end.directoryOffset)
  return equal(tail.subarray(tailBytes - expected.length), expected) ? accept(end) : refuse('end-record-differs')
}

function readZip64End(view: DataView): End {
  return {
    count: Number(view.getBigUint64(32, true)),
    directoryBytes: Number(view.getBigUint64(40, true)),
    directoryOffset: Number(view.getBigUint64(48, true)),
  }
}

function endProblem(end: End, sizeBytes: number, isFar: boolean): ArchiveProblem | null {
  if (end.count > maximumEntries) {
    return 'too-many-members'
  }
  if (end.directoryBytes > maximumDirectoryBytes) {
    return 'directory-too-long'
  }
  // The records are rebuilt from these numbers next, so they must be ones that can be written.
  if (
    !Number.isSafeInteger(end.directoryOffset) ||
    needsZip64(end.count, end.directoryBytes, end.directoryOffset) !== isFar
  ) {
    return 'end-record-differs'
  }
  const trailerBytes = endBytes + (isFar ? zip64EndBytes : 0)
  const expectedBytes = end.directoryOffset + end.directoryBytes + trailerBytes
  return expectedBytes === sizeBytes ? null : expectedBytes > sizeBytes ? 'truncated' : 'end-record-differs'
}

function parseDirectory(directory: Uint8Array, count: number): Result<readonly Entry[], ArchiveProblem> {
  const view = new DataView(directory.buffer, directory.byteOffset, directory.byteLength)
  const entries: Entry[] = []
  let at = 0
  while (at < directory.length) {
    const entry = parseEntry(view, directory, at)
    if (!entry.ok) {
      return entry
    }
    const rebuilt = directoryHeader(entry.value)
    if (!equal(directory.subarray(at, at + rebuilt.length), rebuilt) || entries.length === count) {
      return refuse('directory-differs')
    }
    entries.push(entry.value)
    at += rebuilt.length
  }
  return entries.length === count ? accept(entries) : refuse('directory-differs')
}

function parseEntry(view: DataView, directory: Uint8Array, at: number): Result<Entry, ArchiveProblem> {
  if (at + 46 > directory.length) {
    return refuse('directory-differs')
  }
  const nameBytes = view.getUint16(at + 28, true)
  const name = fromUtf8(directory.subarray(at + 46, at + 46 + nameBytes))
  if (name === null || !isMemberName(name)) {
    return refuse('forbidden-name')
  }
  const extraAt = at + 46 + nameBytes
  const isFar = view.getUint16(at + 30, true) === 12 && extraAt + 12 <= directory.length
  const entry: Entry = {
    name,
    crc32: view.getUint32(at + 16, true),
    sizeBytes: view.getUint32(at + 24, true),
    offset: isFar ? Number(view.getBigUint64(extraAt + 4, true)) : view.getUint32(at + 42, true),
  }
  if (entry.sizeBytes > maximumMemberBytes) {
    return refuse('member-too-long')
  }
  return Number.isSafeInteger(entry.offset) ? accept(entry) : refuse('directory-differs')
}

// Members follow one another without a byte between them, so they can neither overlap nor hide anything.
function orderProblem(entries: readonly Entry[], directoryOffset: number, last: string): ArchiveProblem | null {
  const names = new Set<string>()
  let expectedOffset = 0
  let before: Bytes = new Uint8Array(0)
  for (const [place, entry] of entries.entries()) {
    const name = utf8(entry.name)
    const isLast = place === entries.length - 1
    // Names that differ only by case would overwrite one another on some systems.
    if (names.has(entry.name.toLowerCase())) {
      return 'repeated-name'
    }
    if (isLast ? entry.name !== last : compare(name, before) <= 0) {
      return 'members-out-of-order'
    }
    if (entry.offset !== expectedOffset) {
      return 'members-overlap'
    }
    names.add(entry.name.toLowerCase())
    before = name
    expectedOffset += localHeader(entry).length + entry.sizeBytes
  }
  return expectedOffset === directoryOffset && entries.length > 0 ? null : 'members-overlap'
}

/** The first bytes that every archive whose first member is `name` begins with: signature and name. */
export function beginsWith(start: Uint8Array, name: string): boolean {
  const signature = new Uint8Array([0x50, 0x4b, 0x03, 0x04])
  const expected = concat(signature, utf8(name))
  return equal(concat(start.subarray(0, 4), start.subarray(30, 30 + name.length)), expected)
}
