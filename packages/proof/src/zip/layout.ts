import { type Bytes, concat, concatAll, utf8 } from '../bytes.ts'

/** One stored member, and all that its headers are made from. */
export type Entry = {
  readonly name: string
  readonly sizeBytes: number
  readonly crc32: number
  /** Where its local header begins. */
  readonly offset: number
}

export const maximumEntries = 100_000
export const maximumMemberBytes: number = 64 * 1024 * 1024
export const maximumNameBytes = 100
export const maximumDirectoryBytes: number = 32 * 1024 * 1024
export const endBytes = 22
export const zip64EndBytes: number = 56 + 20

const limit16 = 0xffff
const limit32 = 0xffffffff
const plainVersion = 10
const zip64Version = 45
/** 1980-01-01, the first day that the format knows. */
const fixedDate = 0x0021
// Every part of a name begins with a letter or digit: no `.`, no `..`, no absolute path, no backslash, no drive.
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/

export function isMemberName(name: string): boolean {
  return name.length <= maximumNameBytes && namePattern.test(name)
}

/** APPNOTE 4.3.7: stored, no flags, fixed date, no extra field. Its length is 30 + the name's. */
export function localHeader(entry: Entry): Bytes {
  const name = utf8(entry.name)
  const header = fields([
    [4, 0x04034b50],
    [2, plainVersion],
    [2, 0],
    [2, 0],
    [2, 0],
    [2, fixedDate],
    [4, entry.crc32],
    [4, entry.sizeBytes],
    [4, entry.sizeBytes],
    [2, name.length],
    [2, 0],
  ])
  return concat(header, name)
}

/** APPNOTE 4.3.12. The one extra field (ZIP64, the offset alone) is there exactly when the offset does not fit. */
export function directoryHeader(entry: Entry): Bytes {
  const name = utf8(entry.name)
  const isFar = entry.offset >= limit32
  const version = isFar ? zip64Version : plainVersion
  const header = fields([
    [4, 0x02014b50],
    [2, version],
    [2, version],
    [2, 0],
    [2, 0],
    [2, 0],
    [2, fixedDate],
    [4, entry.crc32],
    [4, entry.sizeBytes],
    [4, entry.sizeBytes],
    [2, name.length],
    [2, isFar ? 12 : 0],
    [2, 0],
    [2, 0],
    [2, 0],
    [4, 0],
    [4, isFar ? limit32 : entry.offset],
  ])
  const extra = isFar
    ? fields([
        [2, 1],
        [2, 8],
        [8, entry.offset],
      ])
    : new Uint8Array(0)
  return concat(header, name, extra)
}

/** All that follows the last member's bytes. */
export function endOfArchive(entries: readonly Entry[], directoryOffset: number): Bytes {
  const directory = concatAll(entries.map(directoryHeader))
  return concat(directory, endRecords(entries.length, directory.length, directoryOffset))
}

/**
 * The end record, preceded by ZIP64's record and locator exactly when a number does not fit; then all three
 * numbers of the plain record are at their limit.
 */
export function endRecords(count: number, directoryBytes: number, directoryOffset: number): Bytes {
  const isFar = needsZip64(count, directoryBytes, directoryOffset)
  const zip64 = fields([
    [4, 0x06064b50],
    [8, 44],
    [2, zip64Version],
    [2, zip64Version],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, directoryBytes],
    [8, directoryOffset],
    [4, 0x07064b50],
    [4, 0],
    [8, directoryOffset + directoryBytes],
    [4, 1],
  ])
  const plain = fields([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, isFar ? limit16 : count],
    [2, isFar ? limit16 : count],
    [4, isFar ? limit32 : directoryBytes],
    [4, isFar ? limit32 : directoryOffset],
    [2, 0],
  ])
  return isFar ? concat(zip64, plain) : plain
}

export function needsZip64(count: number, directoryBytes: number, directoryOffset: number): boolean {
  return count >= limit16 || directoryBytes >= limit32 || directoryOffset >= limit32
}

// Little-endian numbers of the given widths. Offsets stay below 2^53.
function fields(values: readonly (readonly [2 | 4 | 8, number])[]): Bytes {
  const bytes = new Uint8Array(values.reduce((sum, [width]) => sum + width, 0))
  const view = new DataView(bytes.buffer)
  let offset = 0
  for (const [width, value] of values) {
    if (width === 2) {
      view.setUint16(offset, value, true)
    } else if (width === 4) {
      view.setUint32(offset, value, true)
    } else {
      view.setBigUint64(offset, BigInt(value), true)
    }
    offset += width
  }
  return bytes
}
