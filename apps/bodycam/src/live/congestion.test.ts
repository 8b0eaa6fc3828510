import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCongestion } from './congestion.ts'

test('nothing of a broken group is ever sent: after a hole comes a key frame', () => {
  const offer = fc.record({ key: fc.boolean(), audio: fc.boolean(), bufferedBytes: fc.nat(600_000) })
  fc.assert(
    fc.property(fc.array(offer, { maxLength: 200 }), (offers) => {
      const congestion = createCongestion()
      let hole = true
      for (const { key, audio, bufferedBytes } of offers) {
        const sent = congestion.admit({ key, audio }, bufferedBytes)
        if (sent && hole) {
          expect(key && !audio).toBe(true)
        }
        if (sent) {
          expect(bufferedBytes).toBeLessThanOrEqual(256 * 1024)
        }
        hole = !sent
      }
    }),
  )
})

test('a calm socket drops nothing after the first key frame', () => {
  const congestion = createCongestion()
  expect(congestion.admit({ key: false, audio: false }, 0)).toBe(false)
  expect(congestion.admit({ key: true, audio: false }, 0)).toBe(true)
  for (let frame = 0; frame < 100; frame += 1) {
    expect(congestion.admit({ key: false, audio: frame % 3 === 0 }, 100_000)).toBe(true)
  }
  expect(congestion.dropped()).toBe(1)
})
