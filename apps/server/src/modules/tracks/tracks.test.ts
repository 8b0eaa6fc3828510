import type { Fix } from '@sereno/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayMs, dayOf, daysToPrepare, deservesPartition, flagged, inOrder, joinVisits, newest } from './tracks.ts'

const fixAt = (atMs: number, latitude = -12.13): Fix => ({
  atMs,
  latitude,
  longitude: -76.99,
  accuracyM: 5,
  headingDeg: null,
  speedMps: null,
})

describe('a batch of fixes', () => {
  it('is put in order, one fix for each instant', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50)), (instants) => {
        const ordered = inOrder(instants.map((at) => fixAt(at))).map(({ atMs }) => atMs)
        expect(ordered).toEqual([...new Set(instants)].sort((left, right) => left - right))
      }),
    )
  })
  it('shows the newest plausible fix, never one from the future', () => {
    const points = flagged([fixAt(1000), fixAt(2000), fixAt(3000, -12.5), fixAt(900_000)], null)
    expect(points.map(({ implausible }) => implausible)).toEqual([false, false, true, false])
    expect(newest(points, 3000)?.atMs).toBe(2000)
    expect(newest(points, 900_000)?.atMs).toBe(900_000)
    expect(newest([], 0)).toBeNull()
  })
})

describe('days', () => {
  it('are UTC days around now; clocks years off make none', () => {
    const nowMs = Date.UTC(2026, 10, 22, 5)
    expect(daysToPrepare(nowMs)).toEqual([22, 23, 24].map((day) => Date.UTC(2026, 10, day)))
    expect(deservesPartition(dayOf(nowMs - 30 * dayMs), nowMs)).toBe(true)
    expect(deservesPartition(0, nowMs)).toBe(false)
    expect(deservesPartition(dayOf(nowMs + 5 * dayMs), nowMs)).toBe(false)
  })
})

describe('visits', () => {
  it('join what lies within a minute, never two devices', () => {
    expect(
      joinVisits([
        { device: 'a', fromMs: 0, toMs: 59_000 },
        { device: 'a', fromMs: 60_000, toMs: 90_000 },
        { device: 'a', fromMs: 200_000, toMs: 210_000 },
        { device: 'b', fromMs: 210_000, toMs: 220_000 },
      ]),
    ).toEqual([
      { device: 'a', fromMs: 0, toMs: 90_000 },
      { device: 'a', fromMs: 200_000, toMs: 210_000 },
      { device: 'b', fromMs: 210_000, toMs: 220_000 },
    ])
  })
})
