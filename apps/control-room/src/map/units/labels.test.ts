import fc from 'fast-check'
import { expect, it } from 'vitest'
import { offsetOf, placeLabels, type Wish } from './labels.ts'

const sizes = { markRadius: 7, gap: 4, height: 14 }
const wishes = fc
  .array(fc.record({ x: fc.integer({ min: 0, max: 600 }), y: fc.integer({ min: 0, max: 600 }) }), { maxLength: 120 })
  .map((places) => places.map((place, index): Wish => ({ ...place, key: String(index), width: 40 + (index % 5) * 6 })))

type Rectangle = readonly [left: number, top: number, right: number, bottom: number]
const rectangles = (all: readonly Wish[], placed: ReadonlyMap<string, number>): readonly Rectangle[] =>
  all.flatMap(({ key, x, y, width }) => {
    const side = placed.get(key)
    if (side === undefined) {
      return []
    }
    const { dx, dy } = offsetOf(side, width, sizes)
    return [[x + dx, y + dy, x + dx + width, y + dy + sizes.height] as const]
  })
const cross = (a: Rectangle, b: Rectangle): boolean => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]

it('covers no mark and no other word', () => {
  fc.assert(
    fc.property(wishes, (all) => {
      const words = rectangles(all, placeLabels(all, new Map(), sizes))
      for (const [index, word] of words.entries()) {
        expect(words.slice(index + 1).some((other) => cross(word, other))).toBe(false)
        expect(all.some(({ x, y }) => cross(word, [x - 7, y - 7, x + 7, y + 7]))).toBe(false)
      }
    }),
    { numRuns: 60 },
  )
})

it('gives the first who asks its word where nothing is in the way, and keeps the side it had', () => {
  const alone: Wish = { key: 'S-1', x: 100, y: 100, width: 40 }
  expect(placeLabels([alone], new Map(), sizes)).toEqual(new Map([['S-1', 0]]))
  expect(placeLabels([alone], new Map([['S-1', 3]]), sizes)).toEqual(new Map([['S-1', 3]]))
})

it('moves a word away from a mark in its way, and leaves it out where four are', () => {
  const crowd = (at: readonly (readonly [number, number])[]): readonly Wish[] => [
    { key: 'S-1', x: 100, y: 100, width: 40 },
    ...at.map(([x, y], index) => ({ key: `other-${index}`, x, y, width: 40 })),
  ]
  expect(placeLabels(crowd([[125, 100]]), new Map(), sizes).get('S-1')).toBe(1)
  const round = [
    [125, 100],
    [75, 100],
    [100, 118],
    [100, 82],
  ] as const
  expect(placeLabels(crowd(round), new Map(), sizes).has('S-1')).toBe(false)
})
