import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boxesOf } from './detail.ts'
import { renderPlaylist } from './playlist.ts'
import type { StatementLine } from './store.ts'
import type { DeclaredGapRow, RecordingRow } from './tables.ts'
import { placeOnAxis, type Stated } from './timeline.ts'

function media(sequence: number, startMs: number, durationMs = 2_000, capturedAt = startMs + durationMs): Stated {
  return { sequence, kind: 'media', capturedAt, timescale: 1_000, decodeTime: startMs, durationMs }
}

function gap(sequence: number, durationMs: number): Stated {
  return { sequence, kind: 'gap', capturedAt: 0, timescale: 1, decodeTime: 0, durationMs }
}

function lineOf(sequence: number, startMs: number): StatementLine {
  const line = { version: 0, kind: 'media', timescale: 1_000, duration_ms: 2_000, captured_at: 0 }
  return { ...line, sequence, decode_time: startMs } as StatementLine
}

const stop: Stated = { sequence: 3, kind: 'stop', capturedAt: 0, timescale: 1, decodeTime: 0, durationMs: 0 }
const brief = (placed: ReturnType<typeof placeOnAxis>): unknown[] =>
  placed.map((box) => [box.sequence, box.kind, box.startMs, box.durationMs])

describe('the axis', () => {
  test('begins at the first picture, wherever media time does', () => {
    expect(brief(placeOnAxis([media(0, 50_000), media(1, 52_000)], 1))).toEqual([
      [0, 'media', 0, 2_000],
      [1, 'media', 2_000, 2_000],
    ])
  })

  test('a missing sequence leaves the room that media time says', () => {
    expect(brief(placeOnAxis([media(0, 0), media(3, 7_000)], 3))).toEqual([
      [0, 'media', 0, 2_000],
      [1, 'missing', 2_000, 5_000],
      [3, 'media', 7_000, 2_000],
    ])
  })

  test('a gap takes what the media clock says, and shares it with what is missing', () => {
    expect(brief(placeOnAxis([media(0, 0), gap(1, 9_000), media(2, 12_000)], 2))[1]).toEqual([1, 'gap', 2_000, 10_000])
    expect(brief(placeOnAxis([media(0, 0), gap(1, 4_000), media(3, 12_000)], 3)).slice(1, 3)).toEqual([
      [1, 'gap', 2_000, 4_000],
      [2, 'missing', 6_000, 6_000],
    ])
  })

  test('media time that starts again begins a new stretch after what is said to be missing', () => {
    const placed = placeOnAxis([media(0, 90_000), gap(1, 5_000), media(2, 0)], 2)
    expect(brief(placed)).toEqual([
      [0, 'media', 0, 2_000],
      [1, 'gap', 2_000, 5_000],
      [2, 'media', 7_000, 2_000],
    ])
    expect(placed[2]?.restarts).toBe(true)
  })

  test('the end: missing ones count as usual segments, the stop takes no room', () => {
    expect(brief(placeOnAxis([media(0, 0), stop], 3)).slice(1)).toEqual([[1, 'missing', 2_000, 4_000]])
  })

  test('one statement with the highest sequence of all costs one box', () => {
    const placed = placeOnAxis([media(0, 0), media(2_147_483_647, 10_000)], 2_147_483_647)
    expect(placed.map(({ kind, count }) => [kind, count])).toEqual([
      ['media', 1],
      ['missing', 2_147_483_646],
      ['media', 1],
    ])
  })

  test('a run of which a part was declared is shown part by part', () => {
    const gap = { reason: 'rota', by_name: 'Ana', declared_at: 1, entry: 'e' } as DeclaredGapRow
    const declared = [3, 4].map((sequence) => ({ ...gap, sequence }))
    const shown = (last: number): unknown[] =>
      boxesOf({ highest_sequence: last } as RecordingRow, [lineOf(0, 0), lineOf(last, last * 2_000)], declared).map(
        (box) => [box.sequence, box.startMs, box.durationMs, box.declared?.by ?? null],
      )
    expect(shown(20_001)).toEqual([
      [0, 0, 2_000, null],
      [1, 2_000, 4_000, null],
      [3, 6_000, 4_000, 'Ana'],
      [5, 10_000, 39_992_000, null],
      [20_001, 40_002_000, 2_000, null],
    ])
    expect(shown(5)).toEqual([
      [0, 0, 2_000, null],
      [1, 2_000, 2_000, null],
      [2, 4_000, 2_000, null],
      [3, 6_000, 2_000, 'Ana'],
      [4, 8_000, 2_000, 'Ana'],
      [5, 10_000, 2_000, null],
    ])
  })

  test('every sequence but the stop has one box; boxes never overlap, and holes abut', () => {
    const statement = fc.record({ kind: fc.constantFrom('media', 'gap'), at: fc.nat(100_000), long: fc.nat(5_000) })
    const some = fc.array(fc.tuple(statement, fc.boolean()), { maxLength: 30 })
    fc.assert(
      fc.property(some, (made) => {
        const statements = made.flatMap(([one, present], sequence) =>
          present ? [one.kind === 'media' ? media(sequence, one.at, one.long) : gap(sequence, one.long)] : [],
        )
        const placed = placeOnAxis(statements, made.length - 1)
        const stoodFor = placed.flatMap((box) => Array.from({ length: box.count }, (_, place) => box.sequence + place))
        expect(stoodFor).toEqual(made.map((_, sequence) => sequence))
        for (const [place, box] of placed.entries()) {
          const before = placed[place - 1]
          const end = before === undefined ? 0 : before.startMs + before.durationMs
          // Media may jump ahead with nothing missing in between: an unexplained hole stays one.
          expect(box.startMs).toBeGreaterThanOrEqual(end)
          if (box.kind !== 'media') {
            expect(box.startMs).toBe(end)
          }
          expect(box.durationMs).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })
})

describe('the playlist', () => {
  test('holes are EXT-X-GAP as long as they are; a restart is a discontinuity', () => {
    const boxes = placeOnAxis([media(0, 90_000), gap(1, 5_000), media(2, 0)], 2).map((box) => ({
      ...box,
      startsAt: box.kind === 'media' ? 1_790_000_000_000 + box.startMs : null,
    }))
    expect(renderPlaylist(boxes).split('\n').slice(7)).toEqual([
      '#EXT-X-PROGRAM-DATE-TIME:2026-09-21T14:13:20.000Z',
      '#EXTINF:2.000,',
      '0.m4s',
      '#EXT-X-GAP',
      '#EXTINF:5.000,',
      '1.m4s',
      '#EXT-X-DISCONTINUITY',
      '#EXT-X-MAP:URI="init.mp4"',
      '#EXT-X-PROGRAM-DATE-TIME:2026-09-21T14:13:27.000Z',
      '#EXTINF:2.000,',
      '2.m4s',
      '#EXT-X-ENDLIST',
      '',
    ])
  })

  test('its clock is the media clock: lengths add up to where each segment lies', () => {
    const boxes = placeOnAxis([media(0, 0), media(1, 2_040), media(2, 9_000)], 2).map((box) => ({
      ...box,
      startsAt: null,
    }))
    const lines = renderPlaylist(boxes).split('\n')
    expect(lines.filter((line) => line.startsWith('#EXTINF'))).toEqual([
      '#EXTINF:2.040,',
      '#EXTINF:2.000,',
      '#EXTINF:4.960,',
      '#EXTINF:2.000,',
    ])
    expect(lines.filter((line) => line === '#EXT-X-GAP')).toHaveLength(1)
  })
})
