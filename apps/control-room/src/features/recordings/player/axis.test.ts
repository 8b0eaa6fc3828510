import { expect, test } from 'vitest'
import type { SegmentBox } from '../../../api/api.ts'
import { boxAt, holesOf, nextOf, stateOf } from './axis.ts'

const box = (sequence: number, kind: SegmentBox['kind'], given: Partial<SegmentBox> = {}): SegmentBox => ({
  sequence,
  kind,
  startMs: sequence * 2000,
  durationMs: 2000,
  sizeBytes: 1,
  preEvent: false,
  audio: true,
  reason: null,
  declared: null,
  sha256: null,
  ...given,
})

test('holes join neighbours of one state and reason, and a declared one is explained', () => {
  const declared = { reason: 'se rompió', by: 'Salas', at: 1 }
  const boxes = [
    box(0, 'media'),
    box(1, 'gap', { reason: 'call' }),
    box(2, 'gap', { reason: 'call' }),
    box(3, 'media'),
    box(4, 'missing'),
    box(5, 'missing'),
    box(6, 'missing', { declared }),
  ]
  expect(boxes.map(stateOf)).toEqual(['media', 'known', 'known', 'media', 'unknown', 'unknown', 'known'])
  expect(holesOf(boxes).map(({ state, from, to, durationMs }) => ({ state, from, to, durationMs }))).toEqual([
    { state: 'known', from: 1, to: 2, durationMs: 4000 },
    { state: 'unknown', from: 4, to: 5, durationMs: 4000 },
    { state: 'known', from: 6, to: 6, durationMs: 2000 },
  ])
  expect(boxAt(boxes, 0)).toBe(0)
  expect(boxAt(boxes, 3999)).toBe(1)
  expect(boxAt(boxes, 99_000)).toBe(6)
})

test('jumps go to the next or the last one', () => {
  expect(nextOf([5000, 1000], 1000, 1)).toBe(5000)
  expect(nextOf([5000, 1000], 5000, -1)).toBe(1000)
  expect(nextOf([1000], 1000, 1)).toBeNull()
})
