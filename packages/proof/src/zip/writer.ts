import { type Bytes, compare, toHex, utf8 } from '../bytes.ts'
import { sha256 } from '../hash.ts'
import { type Crc32, crc32 as ownCrc32 } from './crc32.ts'
import { type Entry, endOfArchive, isMemberName, localHeader, maximumEntries, maximumMemberBytes } from './layout.ts'

export type MemberToWrite = { readonly name: string; readonly bytes: Uint8Array }

/** What the last member signs of each one before it. */
export type WrittenMember = {
  readonly name: string
  readonly sizeBytes: number
  readonly crc32: number
  readonly sha256: string
}

/**
 * Writes an archive of our one profile, in one pass: a member is in memory while its header is made, nothing else is.
 * Members come sorted by the bytes of their names; `makeLast` makes the last one from the list of those before.
 * Throws TypeError on a name or an order that the reader would refuse.
 */
export async function* writeArchive(
  members: AsyncIterable<MemberToWrite> | Iterable<MemberToWrite>,
  makeLast: (written: readonly WrittenMember[]) => Promise<MemberToWrite>,
  crc32: Crc32 = ownCrc32,
): AsyncGenerator<Uint8Array> {
  const entries: Entry[] = []
  const written: WrittenMember[] = []
  let offset = 0
  for await (const member of members) {
    const before = written.at(-1)
    if (before !== undefined && compare(utf8(member.name), utf8(before.name)) <= 0) {
      throw new TypeError(`members out of order at ${member.name}`)
    }
    const entry = entryOf(member, offset, crc32)
    const { name, sizeBytes, crc32: sum } = entry
    written.push({ name, sizeBytes, crc32: sum, sha256: toHex(await sha256(member.bytes)) })
    offset += yield* emit(entry, member.bytes, entries)
  }
  const last = await makeLast(written)
  offset += yield* emit(entryOf(last, offset, crc32), last.bytes, entries)
  yield endOfArchive(entries, offset)
}

function entryOf({ name, bytes }: MemberToWrite, offset: number, crc32: Crc32): Entry {
  if (!isMemberName(name) || bytes.length > maximumMemberBytes) {
    throw new TypeError(`not a member: ${name}`)
  }
  return { name, sizeBytes: bytes.length, crc32: crc32(bytes), offset }
}

function* emit(entry: Entry, bytes: Uint8Array, entries: Entry[]): Generator<Uint8Array, number> {
  if (entries.length === maximumEntries) {
    throw new RangeError('too many members')
  }
  const header: Bytes = localHeader(entry)
  entries.push(entry)
  yield header
  yield bytes
  return header.length + bytes.length
}
