/** Taking a package apart and putting it together again, with what an honest writer would refuse to write. */
import { crc32, memberNames } from '@sereno/proof'
import { packageBytes } from '../../packages/proof/src/package.test-kit.ts'
import { bytesSource } from '../../packages/proof/src/source.ts'
import { openArchive, readMember } from '../../packages/proof/src/zip/reader.ts'
import { type MemberToWrite, writeArchive } from '../../packages/proof/src/zip/writer.ts'

type Entry = { readonly name: string; readonly at: number; readonly dataAt: number; readonly sizeBytes: number }

/** Where each member of a package stands in its bytes. */
export async function entriesOf(bytes: Uint8Array): Promise<readonly Entry[]> {
  const archive = await openArchive(bytesSource(bytes), memberNames.signature)
  if (!archive.ok) {
    throw new Error(archive.code)
  }
  return archive.value.entries.map(({ name, offset, sizeBytes }) => ({
    name,
    at: offset,
    dataAt: offset + 30 + name.length,
    sizeBytes,
  }))
}

export async function entryOf(bytes: Uint8Array, name: string): Promise<Entry> {
  const found = (await entriesOf(bytes)).find((entry) => entry.name === name)
  if (found === undefined) {
    throw new Error(`no member ${name}`)
  }
  return found
}

export async function membersOf(bytes: Uint8Array): Promise<readonly MemberToWrite[]> {
  const source = bytesSource(bytes)
  const archive = await openArchive(source, memberNames.signature)
  if (!archive.ok) {
    throw new Error(archive.code)
  }
  return Promise.all(
    archive.value.entries.map(async (entry) => ({
      name: entry.name,
      bytes: (await readMember(source, entry, crc32)).bytes,
    })),
  )
}

/** A sound container around these members, whatever they say; the last one is the signature as given. */
export async function archiveOf(members: readonly MemberToWrite[]): Promise<Uint8Array> {
  const last = members.at(-1)
  if (last === undefined) {
    throw new Error('no members')
  }
  const pieces: Uint8Array[] = []
  for await (const piece of writeArchive(members.slice(0, -1), async () => last)) {
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** The whole test package with one member's bytes changed, in a container that is sound again. */
export async function withMember(
  name: string,
  change: (bytes: Uint8Array) => Uint8Array,
  bytes?: Uint8Array,
): Promise<Uint8Array> {
  const members = await membersOf(bytes ?? (await packageBytes()))
  return archiveOf(members.map((member) => (member.name === name ? { name, bytes: change(member.bytes) } : member)))
}

/** The bytes with one of them exchanged. */
export function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = new Uint8Array(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}
