import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromUtf8, utf8 } from './bytes.ts'
import { decodeCanonical, encodeCanonical, type Json } from './canonical-json.ts'

const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger().map((integer) => (integer === 0 ? 0 : integer)),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string({ unit: 'binary' }).filter((name) => name !== '__proto__'),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
}))

describe('canonical JSON (RFC 8785, integers only)', () => {
  test('reads back what it wrote', () => {
    fc.assert(
      fc.property(value, (json) => {
        expect(decodeCanonical(encodeCanonical(json))).toEqual({ ok: true, value: json })
      }),
    )
  })

  test('one value, one spelling: bytes that are accepted are the bytes that would be written', () => {
    const spelling = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.json().map(utf8))
    fc.assert(
      fc.property(spelling, (bytes) => {
        const decoded = decodeCanonical(bytes)
        expect(decoded.ok ? encodeCanonical(decoded.value) : bytes).toEqual(bytes)
      }),
    )
  })

  test('orders members by UTF-16 code units, as the example of RFC 8785 §3.2.3', () => {
    const members = { '€': 1, '\r': 2, '\ufb33': 3, '1': 4, '😀': 5, '\u0080': 6, ö: 7 }
    expect(fromUtf8(encodeCanonical(members))).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}')
  })

  test.each([
    ' 1',
    '1 ',
    '1.0',
    '1e3',
    '-0',
    '0.5',
    '9007199254740992',
    '{"a":1,"a":1}',
    '{"b":1,"a":1}',
    '{"__proto__":1}',
    '"\\u0061"',
    '"\\ud800"',
    '"\\/"',
    '\ufeff1',
    '[1,]',
    'NaN',
    '',
    `${'['.repeat(40)}${']'.repeat(40)}`,
    `${'['.repeat(200_000)}`,
  ])('refuses %#', (text) => {
    expect(decodeCanonical(utf8(text))).toEqual({ ok: false, code: 'not-canonical' })
  })

  test('refuses bytes that are not UTF-8', () => {
    expect(decodeCanonical(new Uint8Array([0x22, 0xff, 0x22])).ok).toBe(false)
    expect(decodeCanonical(new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22])).ok).toBe(false)
  })
})
