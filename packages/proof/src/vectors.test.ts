import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { fromUtf8, toHex, utf8 } from './bytes.ts'
import { signerFromSeed } from './keys.ts'
import { commitFields, encodeLeaf, fieldCommitment } from './leaf.ts'
import { leafHash } from './merkle.ts'
import { encodeVkey } from './note-key.ts'
import { gapAt, municipality } from './statement.test-kit.ts'
import { positionsCommitment, signStatement, statementHash } from './statement.ts'

const page = await readFile(new URL('../../../docs/reference/evidence-format.md', import.meta.url), 'utf8')

const salt = (byte: number) => new Uint8Array(32).fill(byte)
const signer = await signerFromSeed(salt(0x0b))
const envelope = await signStatement(signer, gapAt(4, 'd'.repeat(64)))
const position = {
  wallClockMs: 1_790_000_000_000,
  latitudeE7: -121_300_000,
  longitudeE7: -769_900_000,
  accuracyCm: 450,
  altitudeCm: null,
  speedCmPerSecond: null,
  headingCentidegrees: null,
}
const fields = [
  { name: 'kind', value: 'recording.sealed', salt: salt(1) },
  { name: 'at', value: '1790000000000', salt: salt(2) },
  { name: 'who', value: 'María', salt: salt(3) },
]
const leaf = { version: 1, kind: 'recording', municipality, root: await commitFields(fields) } as const

// A second implementation starts from these, so the page is what is tested.
test.each([
  ['public key', signer.key.publicKey],
  ['key id', signer.keyId],
  ['verifier key', await encodeVkey('66666666-6666-4666-8666-666666666666', signer.key)],
  ['statement', fromUtf8(envelope) ?? ''],
  ['statement hash', await statementHash(envelope)],
  ['positions', await positionsCommitment(salt(3), [position])],
  ['commitment', toHex(await fieldCommitment(fields[1]!))],
  ['root', leaf.root],
  ['leaf', fromUtf8(encodeLeaf(leaf)) ?? ''],
  ['leaf hash', toHex(await leafHash(encodeLeaf(leaf)))],
  ['empty commitment', toHex(await fieldCommitment({ name: 'a', value: '', salt: salt(0) }))],
])('the page gives the %s that we compute', (name, value) => {
  expect(utf8(value).length).toBeGreaterThan(0)
  expect(page.includes(`\`${value}\``), `${name} ${value}`).toBe(true)
})
