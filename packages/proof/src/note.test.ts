import { describe, expect, test } from 'vitest'
import { toHex } from './bytes.ts'
import { signCheckpoint, verifyCheckpoint } from './checkpoint.ts'
import { formatCheckpoint, parseCheckpoint } from './checkpoint-body.ts'
import { signerFromSeed } from './keys.ts'
import { addSignatures, openNote, signNote, verifyNote } from './note.ts'
import { encodeVkey, parseVkey } from './note-key.ts'

const origin = '0e2f6a3c-58f0-4f5b-9a51-3b7f0a9c1d22'

async function verifierOf(vkey: string) {
  const parsed = await parseVkey(vkey)
  if (!parsed.ok) {
    throw new Error(parsed.code)
  }
  return parsed.value
}

describe('C2SP signed note', () => {
  // The example of C2SP signed-note implementations, and that of Go's sumdb/note.
  test.each([
    [
      'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
      'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
    ],
    [
      'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
    ],
  ])('published note of %s', async (vkey, text) => {
    const verifier = await verifierOf(vkey)
    const note = openNote(text)
    expect(note.ok && (await verifyNote(note.value, [verifier]))).toEqual({
      ok: true,
      value: [{ by: verifier, timestampS: null }],
    })
    expect(await encodeVkey(verifier.name, verifier.verifier.key)).toBe(vkey)
    const altered = openNote(text.replace('i', 'j'))
    expect(altered.ok && (await verifyNote(altered.value, [verifier]))).toEqual({ ok: false, code: 'bad-signature' })
  })

  test.each([
    'no signature\n',
    'text\n\n',
    'text\n\n— name\n',
    'text\n\n— name AAAA\n',
    'text\n\n- name AAAAAAAA\n',
    'text\n\n— name AAAAAAAA',
    'te\rxt\n\n— name AAAAAAAA\n',
    '\n\n— name AAAAAAAA\n',
  ])('refuses %j', (text) => {
    expect(openNote(text).ok).toBe(false)
  })

  test.each([
    'name',
    'name+00000000+',
    'name+0000000+AQ==',
    'a b+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  ])('refuses the key %j', async (vkey) => {
    expect((await parseVkey(vkey)).ok).toBe(false)
  })

  test('a key of a type unknown here is unsupported, not malformed', async () => {
    expect(await parseVkey('w+00000000+BRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')).toEqual({
      ok: false,
      code: 'unsupported-algorithm',
    })
  })
})

describe('C2SP tlog-checkpoint', () => {
  const checkpoint = { origin, size: 20852163, root: new Uint8Array(32).fill(3), extensions: [] }

  test('signs and verifies; signatures of strangers are ignored', async () => {
    const log = await signerFromSeed(new Uint8Array(32).fill(1))
    const witness = await signerFromSeed(new Uint8Array(32).fill(2))
    const note = await signCheckpoint(checkpoint, log)
    const witnessed = openNote(await signNote(formatCheckpoint(checkpoint), 'witness', witness))
    if (!witnessed.ok) {
      throw new Error(witnessed.code)
    }
    const both = addSignatures(note, witnessed.value.signatures)
    const verifier = await verifierOf(await encodeVkey(origin, log.key))
    const verified = await verifyCheckpoint(both, origin, [verifier])
    expect(verified.ok && verified.value.checkpoint).toEqual(checkpoint)
    expect(await verifyCheckpoint(note, 'another', [verifier])).toEqual({ ok: false, code: 'wrong-origin' })
    expect(await verifyCheckpoint(note, origin, [])).toEqual({ ok: false, code: 'unknown-key' })
    const grown = note.replace('20852163', '20852164')
    expect(await verifyCheckpoint(grown, origin, [verifier])).toEqual({ ok: false, code: 'bad-signature' })
  })

  test('a witness alone does not make a checkpoint', async () => {
    const witness = await signerFromSeed(new Uint8Array(32).fill(2))
    const note = await signNote(formatCheckpoint(checkpoint), 'witness', witness)
    const verifier = await verifierOf(await encodeVkey('witness', witness.key))
    expect(await verifyCheckpoint(note, origin, [verifier])).toEqual({ ok: false, code: 'unknown-key' })
  })

  test.each([
    'o\n1\n',
    `o\n01\n${'A'.repeat(43)}=\n`,
    `o\n-1\n${'A'.repeat(43)}=\n`,
    `o\n1\n${'A'.repeat(42)}==\n`,
    `\n1\n${'A'.repeat(43)}=\n`,
    `o\n9007199254740992\n${'A'.repeat(43)}=\n`,
  ])('refuses %j', (text) => {
    expect(parseCheckpoint(text).ok).toBe(false)
  })

  test('reads back what it wrote', () => {
    const read = parseCheckpoint(formatCheckpoint(checkpoint))
    expect(read.ok && toHex(read.value.root)).toBe('03'.repeat(32))
  })
})
