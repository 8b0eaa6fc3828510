import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeHealth, type Memory } from './concern.ts'
import type { DeviceHealth } from './fleet.ts'

const well: DeviceHealth = {
  batteryPercent: 80,
  charging: false,
  freeBytes: 20_000_000_000,
  clockOffsetMs: 40,
  appVersion: '1',
  persisted: true,
  queuedSegments: 0,
  recording: null,
}
const calm: Memory = { concern: 'none', queueLowest: 0, queueSince: null }
const judge = (change: Partial<DeviceHealth>, before: Memory = calm, nowMs = 0) =>
  judgeHealth({ ...well, ...change }, before, nowMs)

describe('health', () => {
  it('raises the gravest concern', () => {
    expect(judge({}).memory.concern).toBe('none')
    expect(judge({ batteryPercent: 9 })).toMatchObject({ memory: { concern: 'battery' }, detail: '9 %' })
    expect(judge({ batteryPercent: 9, charging: true }).memory.concern).toBe('none')
    expect(judge({ batteryPercent: 9, freeBytes: 640_000_000 })).toMatchObject({ detail: '640 MB' })
    expect(judge({ clockOffsetMs: -42_000 })).toMatchObject({ memory: { concern: 'clock' }, detail: '-42 s' })
  })
  it('does not dance on a limit', () => {
    const low = judge({ batteryPercent: 15 }).memory
    expect(judge({ batteryPercent: 17 }, low).memory.concern).toBe('battery')
    expect(judge({ batteryPercent: 21 }, low).memory.concern).toBe('none')
    expect(judge({ batteryPercent: 17 }).memory.concern).toBe('none')
  })
  it('knows a queue that is stuck from one that drains or is refilled', () => {
    const minute = 60_000
    const after = (reports: readonly Partial<DeviceHealth>[]): string =>
      reports.reduce<Memory>((memory, report, index) => judge(report, memory, index * minute).memory, calm).concern
    const same = (count: number, report: Partial<DeviceHealth>) => Array.from({ length: count }, () => report)
    expect(after(same(10, { queuedSegments: 3 }))).toBe('none')
    expect(after(same(12, { queuedSegments: 3 }))).toBe('stuck-segment')
    expect(after(Array.from({ length: 30 }, (_, index) => ({ queuedSegments: 40 - index })))).toBe('none')
    expect(after(same(30, { queuedSegments: 9, recording: '0198f3a0-0000-7000-8000-000000000000' }))).toBe('none')
    expect(after([...same(12, { queuedSegments: 3 }), { queuedSegments: 0 }])).toBe('none')
  })
  it('is quiet about a device without figures', () => {
    fc.assert(
      fc.property(fc.nat(), (nowMs) => {
        const unknown = { batteryPercent: null, charging: null, freeBytes: null, clockOffsetMs: null }
        expect(judge(unknown, calm, nowMs).memory.concern).toBe('none')
      }),
    )
  })
})
