/** Forgeries of the container and of what the last member signs. */
import { memberNames, signEnvelope } from '@sereno/proof'
import { packageBytes, testSigners } from '../../packages/proof/src/package.test-kit.ts'
import { archiveOf, entryOf, flipped, membersOf, withMember } from './forge.ts'
import type { Vector } from './vector.ts'

const whole = await packageBytes()
const forged = (name: string, about: string, make: () => Promise<Uint8Array>): Vector => ({
  name: `forged-${name}`,
  about,
  trust: 'trust',
  make,
})
const second = 'media/00000002.m4s'

// Bytes at the same place, exchanged for others.
function patched(at: number, values: readonly number[], bytes = whole): Uint8Array {
  const copy = new Uint8Array(bytes)
  copy.set(values, at)
  return copy
}

// Where a header of the directory begins: after all members, one after the other.
async function directoryAt(name: string): Promise<number> {
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength)
  let at = view.getUint32(whole.length - 6, true)
  for (;;) {
    const nameBytes = view.getUint16(at + 28, true)
    if (Buffer.from(whole.subarray(at + 46, at + 46 + nameBytes)).toString() === name) {
      return at
    }
    at += 46 + nameBytes
  }
}

export const containerVectors: readonly Vector[] = [
  forged('not-a-package', 'Something else altogether.', async () =>
    Buffer.from('PK and nothing else, for long enough.'),
  ),
  forged('truncated', 'The last hundred bytes are missing.', async () => whole.subarray(0, -100)),
  forged('trailing-byte', 'One byte after the end record.', async () => Buffer.concat([whole, new Uint8Array(1)])),
  forged('archive-comment', 'The end record announces a comment.', async () =>
    Buffer.concat([patched(whole.length - 2, [4, 0]), Buffer.from('hola')]),
  ),
  forged('local-date', 'A date in one local header.', async () =>
    patched((await entryOf(whole, second)).at + 12, [0x22]),
  ),
  forged('local-name', 'The local header bears another name than the directory.', async () =>
    patched((await entryOf(whole, second)).at + 30 + 13, [0x39]),
  ),
  forged('data-descriptor', 'A flag in one local header.', async () =>
    patched((await entryOf(whole, second)).at + 6, [8]),
  ),
  forged('directory-attributes', 'File attributes in the directory.', async () =>
    patched((await directoryAt(second)) + 38, [0x20]),
  ),
  forged('overlapping', 'Two members share their bytes.', async () => {
    const { at } = await entryOf(whole, 'media/00000000.m4s')
    const offset = new Uint8Array(4)
    new DataView(offset.buffer).setUint32(0, at, true)
    return patched((await directoryAt(second)) + 42, [...offset])
  }),
  forged('forbidden-name', 'A name that leads out of the folder.', async () =>
    patched((await directoryAt(second)) + 46, [...Buffer.from('../')]),
  ),
  forged('crc', 'A changed byte of footage, with the CRC-32 as it was.', async () =>
    flipped(whole, (await entryOf(whole, second)).dataAt),
  ),
  forged('out-of-order', 'Two members have changed places.', async () => {
    const members = await membersOf(whole)
    const bytes = await archiveOf(members)
    const one = members.find(({ name }) => name === 'media/00000000.m4s')
    const other = members.find(({ name }) => name === second)
    return one === undefined || other === undefined ? bytes : renamed(bytes, [one.name, other.name])
  }),
  forged('added-member', 'A member that no package has.', async () => {
    const members = await membersOf(whole)
    return archiveOf(members.toSpliced(-1, 0, { name: 'zz.txt', bytes: Buffer.from('hola') }))
  }),
  forged('media-altered', 'A changed byte of footage in a sound container.', () =>
    withMember(second, (bytes) => flipped(bytes, 10)),
  ),
  forged('media-exchanged', 'The footage of two segments exchanged.', async () => {
    const members = await membersOf(whole)
    const of = (name: string) => members.find((member) => member.name === name)?.bytes ?? new Uint8Array(0)
    return archiveOf(
      members.map(({ name, bytes }) =>
        name === second
          ? { name, bytes: of('media/00000000.m4s') }
          : { name, bytes: name === 'media/00000000.m4s' ? of(second) : bytes },
      ),
    )
  }),
  forged('media-left-out', 'The footage of a segment left out, and signed so by the package key.', async () =>
    packageBytes({
      parts: (parts) => ({ ...parts, media: async (sequence) => (sequence === 2 ? null : parts.media(sequence)) }),
    }),
  ),
  forged('sheet-altered', 'Another custody sheet.', () =>
    withMember(memberNames.sheet, () => Buffer.from('Hoja de custodia falsa\n')),
  ),
  forged('signature-by-stranger', 'Signed by a key that is none of the installation’s.', () =>
    packageBytes({
      parts: (parts) => ({ ...parts, sign: (type, payload) => signEnvelope(testSigners.device, type, payload) }),
    }),
  ),
  forged('signature-altered', 'A changed digit in the signature of the package.', () =>
    withMember(memberNames.signature, (bytes) => resigned(bytes)),
  ),
  forged('member-left-out', 'A statement left out of a package that is signed with it.', async () => {
    const members = await membersOf(whole)
    return archiveOf(members.filter(({ name }) => name !== 'statements/00000003.json'))
  }),
  {
    name: 'forged-other-installation',
    about: 'A sound package against the trust file of another installation.',
    trust: 'trust-other-installation',
    make: async () => whole,
  },
  {
    name: 'forged-other-keys',
    about: 'A sound package against a trust file with other keys.',
    trust: 'trust-other-keys',
    make: async () => whole,
  },
]

// The envelope as it was but for one character of its signature.
function resigned(envelope: Uint8Array): Uint8Array {
  const text = Buffer.from(envelope).toString()
  const at = text.indexOf('"sig":"') + 10
  return Buffer.from(`${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`)
}

// Both headers of two members bear each other's names.
function renamed(bytes: Uint8Array, [one, other]: readonly [string, string]): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1')
  const swapped = text.replaceAll(new RegExp(`${one}|${other}`, 'g'), (name) => (name === one ? other : one))
  return Buffer.from(swapped, 'latin1')
}
