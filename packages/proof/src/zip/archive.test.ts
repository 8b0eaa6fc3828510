import { crc32 as nodeCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, utf8 } from '../bytes.ts'
import { collect, packageBytes } from '../package.test-kit.ts'
import { bytesSource, type Source } from '../source.ts'
import { crc32 } from './crc32.ts'
import { directoryHeader, type Entry, endOfArchive, endRecords, isMemberName, localHeader } from './layout.ts'
import { openArchive, readMember } from './reader.ts'
import { type MemberToWrite, writeArchive } from './writer.ts'

const last = { name: 'last', bytes: utf8('signature') }

async function write(members: readonly MemberToWrite[]): Promise<Uint8Array> {
  return collect(writeArchive(members, async () => last))
}

async function codeOf(source: Source | Uint8Array): Promise<string> {
  const opened = await openArchive(source instanceof Uint8Array ? bytesSource(source) : source, 'last')
  return opened.ok ? 'opened' : opened.code
}

/** An archive whose directory says what we like: members of three bytes, headers by the entries given. */
function forge(entries: readonly Entry[], directoryOffset?: number): Uint8Array {
  const bodies = entries.map((entry) => concat(localHeader({ ...entry, sizeBytes: 3 }), utf8('abc')))
  const body = concat(...bodies)
  return concat(body, endOfArchive(entries, directoryOffset ?? body.length))
}

const abc = crc32(utf8('abc'))
const sizeOf = (name: string) => 30 + name.length + 3

describe('CRC-32', () => {
  test('is that of zlib, at every alignment, in pieces or at once', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 20 }), fc.nat(), (bytes, skip, cut) => {
        const view = bytes.subarray(Math.min(skip, bytes.length))
        const at = cut % (view.length + 1)
        expect(crc32(view)).toBe(nodeCrc32(view))
        expect(crc32(view.subarray(at), crc32(view.subarray(0, at)))).toBe(nodeCrc32(view))
      }),
    )
    expect(crc32(utf8('123456789'))).toBe(0xcbf43926)
  })
})

describe('canonical archives', () => {
  test('read back what was written', async () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-k][a-z0-9]{0,8}(\/[a-z0-9]{1,8})?$/), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(names, fc.uint8Array({ maxLength: 100 }), async (unsorted, bytes) => {
        const members = unsorted.toSorted().map((name) => ({ name, bytes }))
        const archive = await write(members)
        const opened = await openArchive(bytesSource(archive), 'last')
        if (!opened.ok) {
          throw new Error(opened.code)
        }
        const read = await Promise.all(
          opened.value.entries.map((entry) => readMember(bytesSource(archive), entry, crc32)),
        )
        expect(opened.value.entries.map(({ name }) => name)).toEqual([...members, last].map(({ name }) => name))
        expect(read).toEqual([...members, last].map((member) => ({ bytes: member.bytes, problem: null })))
      }),
      { numRuns: 50 },
    )
  })

  test('the writer refuses what the reader would', async () => {
    const member = { name: 'b', bytes: new Uint8Array(1) }
    await expect(write([member, { ...member, name: 'a' }])).rejects.toThrow(TypeError)
    await expect(write([member, member])).rejects.toThrow(TypeError)
    await expect(write([{ ...member, name: '../a' }])).rejects.toThrow(TypeError)
  })

  test.each([
    '',
    '.',
    '..',
    '/a',
    'a/',
    'a//b',
    'a/../b',
    'a\\b',
    'C:a',
    '.a',
    'a/.b',
    'ñ',
    'a\0',
    'a b',
    'a'.repeat(101),
  ])('the name %j is forbidden', (name) => {
    expect(isMemberName(name)).toBe(false)
  })
})

// A flip inside a member leaves the directory as it is, so there the reading of that member must find it.
// Elsewhere the opening must find it, or, where the directory still agrees with itself (a CRC, say), some member.
test('every one-bit flip of a small package is found by the reader alone', async () => {
  const bytes = (await packageBytes()).slice()
  const source = bytesSource(bytes)
  const opened = await openArchive(source, 'signature.json')
  if (!opened.ok) {
    throw new Error(opened.code)
  }
  const { entries } = opened.value
  const signature = entries.at(-1)!
  const directoryAt = signature.offset + localHeader(signature).length + signature.sizeBytes
  const isDamaged = async (entry: Entry) => (await readMember(source, entry, nodeCrc32)).problem !== null
  const isRefused = async () => {
    const again = await openArchive(source, 'signature.json')
    return !again.ok || (await Promise.all(again.value.entries.map(isDamaged))).includes(true)
  }
  const missed: number[] = []
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const at = bit >> 3
    bytes[at]! ^= 1 << (bit & 7)
    const entry = at < directoryAt ? entries.findLast(({ offset }) => offset <= at) : undefined
    if (!(await (entry === undefined ? isRefused() : isDamaged(entry)))) {
      missed.push(bit)
    }
    bytes[at]! ^= 1 << (bit & 7)
  }
  expect(missed).toEqual([])
})

describe('hostile archives', () => {
  const entry = (name: string, offset: number, changes: Partial<Entry> = {}): Entry => ({
    name,
    offset,
    sizeBytes: 3,
    crc32: abc,
    ...changes,
  })

  test('the forger itself forges nothing by default', async () => {
    expect(await codeOf(forge([entry('a', 0), entry('last', sizeOf('a'))]))).toBe('opened')
  })

  test.each<[string, Uint8Array, string]>([
    [
      'path traversal',
      forge([entry('../../etc/passwd', 0), entry('last', sizeOf('../../etc/passwd'))]),
      'forbidden-name',
    ],
    ['an absolute path', forge([entry('/a', 0), entry('last', sizeOf('/a'))]), 'forbidden-name'],
    ['a 10 GB bomb', forge([entry('a', 0, { sizeBytes: 0xfffffff0 }), entry('last', sizeOf('a'))]), 'member-too-long'],
    ['duplicates', forge([entry('a', 0), entry('a', sizeOf('a')), entry('last', sizeOf('a') * 2)]), 'repeated-name'],
    [
      'names that differ by case',
      forge([entry('A', 0), entry('a', sizeOf('a')), entry('last', sizeOf('a') * 2)]),
      'repeated-name',
    ],
    ['overlapping members', forge([entry('a', 0), entry('b', 0), entry('last', sizeOf('a') * 2)]), 'members-overlap'],
    [
      'a member without its end',
      forge([entry('a', 0, { sizeBytes: 30 }), entry('last', sizeOf('a'))]),
      'members-overlap',
    ],
    [
      'unsorted members',
      forge([entry('b', 0), entry('a', sizeOf('a')), entry('last', sizeOf('a') * 2)]),
      'members-out-of-order',
    ],
    ['another last member', forge([entry('a', 0), entry('z', sizeOf('a'))]), 'members-out-of-order'],
    ['no member', endRecords(0, 0, 0), 'members-overlap'],
    [
      'bytes before the first member',
      concat(utf8('x'), forge([entry('last', 1)], sizeOf('last') + 1)),
      'members-overlap',
    ],
    ['a comment', concat(forge([entry('last', 0)]), utf8('comment')), 'no-end-record'],
    ['a count that lies', withCount(forge([entry('a', 0), entry('last', sizeOf('a'))]), 1), 'directory-differs'],
    ['too many members claimed', endRecords(200_000, 1, 0), 'too-many-members'],
    ['a huge directory claimed', endRecords(1, 0xf0000000, 0), 'directory-too-long'],
    ['a far directory claimed', endRecords(1, 100, 2 ** 40), 'truncated'],
    ['nothing', new Uint8Array(0), 'truncated'],
  ])('%s is refused', async (_, bytes, code) => {
    expect(await codeOf(bytes)).toBe(code)
  })

  test('a header that claims 10 GB costs no memory: nothing is read but the end', async () => {
    const tail = concat(directoryHeader(entry('last', 0)), endRecords(1, 50, 10_000_000_000))
    let readBytes = 0
    const source: Source = {
      sizeBytes: 10_000_000_000 + tail.length,
      read: async (offset, lengthBytes) => {
        readBytes += lengthBytes
        const bytes = new Uint8Array(lengthBytes)
        bytes.set(
          tail.subarray(Math.max(0, offset - 10_000_000_000)).subarray(0, lengthBytes),
          Math.max(0, 10_000_000_000 - offset),
        )
        return bytes
      },
    }
    expect(await codeOf(source)).toBe('members-overlap')
    expect(readBytes).toBeLessThan(1000)
  })

  test('never throws, whatever the directory says', async () => {
    const honest = await write([{ name: 'a', bytes: utf8('abc') }])
    const damage = fc.array(fc.tuple(fc.nat({ max: honest.length - 1 }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 6,
    })
    await fc.assert(
      fc.asyncProperty(damage, async (changes) => {
        const bytes = changes.reduce((changed, [at, value]) => changed.with(at, value), honest)
        const opened = await openArchive(bytesSource(bytes), 'last')
        const problems = opened.ok
          ? await Promise.all(
              opened.value.entries.map(async (e) => (await readMember(bytesSource(bytes), e, crc32)).problem),
            )
          : ['refused']
        const isSame = changes.every(([at]) => bytes[at] === honest[at])
        expect(isSame || problems.some((problem) => problem !== null)).toBe(true)
      }),
    )
  })
})

describe('beyond four gigabytes', () => {
  // 80 members of 64 MiB, none of which is ever held: only headers and directory are real.
  test('ZIP64 appears exactly where a number does not fit, and reads back', async () => {
    const sizeBytes = 64 * 1024 * 1024
    const entries: Entry[] = []
    let offset = 0
    for (let place = 0; place < 80; place += 1) {
      const name = place === 79 ? 'last' : `a${String(place).padStart(3, '0')}`
      entries.push({ name, offset, sizeBytes, crc32: 0 })
      offset += 30 + name.length + sizeBytes
    }
    const end = endOfArchive(entries, offset)
    const directoryOffset = offset
    const source: Source = {
      sizeBytes: directoryOffset + end.length,
      read: async (at, lengthBytes) => end.slice(at - directoryOffset, at - directoryOffset + lengthBytes),
    }
    expect(await openArchive(source, 'last')).toEqual({ ok: true, value: { entries } })
    expect(directoryHeader(entries[0]!).length).toBe(50)
    expect(directoryHeader(entries[79]!).length).toBe(62)
  })

  test('70,000 members read back', async () => {
    const members = Array.from({ length: 70_000 }, (_, place) => ({
      name: `a${String(place).padStart(6, '0')}`,
      bytes: new Uint8Array(0),
    }))
    const opened = await openArchive(bytesSource(await write(members)), 'last')
    expect(opened.ok && opened.value.entries.length).toBe(70_001)
  })
})

function withCount(archive: Uint8Array, count: number): Uint8Array {
  return archive.with(archive.length - 14, count).with(archive.length - 12, count)
}
