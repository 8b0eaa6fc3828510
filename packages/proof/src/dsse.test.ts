import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, fromBase64, fromHex, fromUtf8, toHex, utf8 } from './bytes.ts'
import { encodeEnvelope, isSignedBy, openEnvelope, preAuthenticationEncoding, signEnvelope } from './dsse.ts'
import { ed25519Key, importVerifier, signerFromSeed } from './keys.ts'

describe('DSSE v1', () => {
  test('the published vector of protocol.md', () => {
    const encoding = preAuthenticationEncoding('http://example.com/HelloWorld', utf8('hello world'))
    expect(fromUtf8(encoding)).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world')
  })

  test('what is signed opens, and verifies with its key only', async () => {
    const signer = await signerFromSeed(new Uint8Array(32).fill(7))
    const other = await signerFromSeed(new Uint8Array(32).fill(8))
    const bytes = await signEnvelope(signer, 'text/plain', utf8('hola'))
    const opened = openEnvelope(bytes)
    const verifier = await importVerifier(signer.key)
    const otherVerifier = await importVerifier(other.key)
    if (!opened.ok || !verifier.ok || !otherVerifier.ok) {
      throw new Error('does not open')
    }
    expect(fromUtf8(opened.value.payload)).toBe('hola')
    expect(await isSignedBy(opened.value, verifier.value)).toBe(true)
    expect(await isSignedBy(opened.value, otherVerifier.value)).toBe(false)
    expect(await isSignedBy({ ...opened.value, payloadType: 'text/html' }, verifier.value)).toBe(false)
  })

  test('any payload under any type opens as it was signed, and signs nothing else', async () => {
    const signer = await signerFromSeed(new Uint8Array(32).fill(7))
    const verifier = await importVerifier(signer.key)
    const types = fc.stringMatching(/^[a-z/+;=.]{1,40}$/)
    await fc.assert(
      fc.asyncProperty(types, fc.uint8Array(), types, async (type, payload, otherType) => {
        const opened = openEnvelope(await signEnvelope(signer, type, payload))
        if (!opened.ok || !verifier.ok) {
          throw new Error('does not open')
        }
        expect(opened.value).toMatchObject({ payload, payloadType: type })
        expect(encodeEnvelope(opened.value)).toEqual(await signEnvelope(signer, type, payload))
        expect(await isSignedBy(opened.value, verifier.value)).toBe(true)
        const longer = { ...opened.value, payload: new Uint8Array([...payload, 0]) }
        expect(await isSignedBy(longer, verifier.value)).toBe(false)
        expect(await isSignedBy({ ...opened.value, payloadType: otherType }, verifier.value)).toBe(type === otherType)
      }),
    )
  })

  test('every one-bit flip of an envelope is refused or fails its signature', async () => {
    const signer = await signerFromSeed(new Uint8Array(32).fill(7))
    const bytes = await signEnvelope(signer, 'text/plain', utf8('hola'))
    const verifier = await importVerifier(signer.key)
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = bytes.slice()
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const opened = openEnvelope(flipped)
      const stands = opened.ok && verifier.ok && (await isSignedBy(opened.value, verifier.value))
      expect(stands, `bit ${bit}`).toBe(false)
    }
  })

  test.each([
    ['white space', '{"payload": "","payloadType":"a","signatures":[{"keyid":"0000000000000000","sig":""}]}'],
    ['no signature', '{"payload":"","payloadType":"a","signatures":[]}'],
    ['unpadded base64', '{"payload":"YQ","payloadType":"a","signatures":[{"keyid":"0000000000000000","sig":""}]}'],
    ['loose base64 bits', '{"payload":"YR==","payloadType":"a","signatures":[{"keyid":"0000000000000000","sig":""}]}'],
    ['a member more', '{"a":1,"payload":"","payloadType":"a","signatures":[{"keyid":"0000000000000000","sig":""}]}'],
    ['a list', '[]'],
  ])('refuses %s', (_, text) => {
    expect(openEnvelope(utf8(text)).ok).toBe(false)
  })
})

describe('Ed25519', () => {
  // RFC 8032 §7.1, tests 1 to 3.
  test.each([
    [
      '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ],
    [
      'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      'af82',
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    ],
  ])('RFC 8032 vector %s', async (seed, publicKey, message, signature) => {
    const signer = await signerFromSeed(fromHex(seed)!)
    expect(signer.key).toEqual(ed25519Key(fromHex(publicKey)!))
    expect(toHex(await signer.sign(fromHex(message)!))).toBe(signature)
    const verifier = await importVerifier(signer.key)
    expect(verifier.ok && (await verifier.value.verify(fromHex(message)!, fromHex(signature)!))).toBe(true)
  })

  test('refuses every small-order key, in every spelling', async () => {
    const canonical = [
      '00'.repeat(32),
      `01${'00'.repeat(31)}`,
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
      `ec${'ff'.repeat(30)}7f`,
      `ed${'ff'.repeat(30)}7f`,
      `ee${'ff'.repeat(30)}7f`,
    ]
    for (const text of canonical) {
      const raw = fromHex(text)!
      const negative = concat(raw.subarray(0, 31), new Uint8Array([raw[31]! | 0x80]))
      expect(await importVerifier(ed25519Key(raw))).toEqual({ ok: false, code: 'weak-key' })
      expect(await importVerifier(ed25519Key(negative))).toEqual({ ok: false, code: 'weak-key' })
    }
  })

  test('an algorithm of tomorrow is refused by name, never taken as Ed25519', async () => {
    const raw = fromBase64('AAAA')!
    expect(await importVerifier({ ...ed25519Key(raw), algorithm: 'slh-dsa-128s' })).toEqual({
      ok: false,
      code: 'unsupported-algorithm',
    })
  })
})
