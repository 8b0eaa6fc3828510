import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AlarmKind,
  alarmOfConcern,
  canPass,
  inQueueOrder,
  silentAfterMs,
  silentSince,
  whyNotAcknowledgeable,
} from './incidents.ts'

const instant = fc.option(fc.nat(1000), { nil: null })
const alarm = fc.record({
  kind: fc.constantFrom<AlarmKind>('sos', 'battery', 'gap', 'silent', 'lost'),
  acknowledgedAt: instant,
  cancelledAt: instant,
  closedAt: instant,
  receivedAt: fc.nat(1000),
})

describe('the queue', () => {
  it('keeps open before closed and, among the open, SOS before the rest; loses none', () => {
    fc.assert(
      fc.property(fc.array(alarm), (alarms) => {
        const queue = inQueueOrder(alarms)
        expect(queue).toHaveLength(alarms.length)
        expect(new Set(queue)).toEqual(new Set(alarms))
        const closed = queue.map(({ closedAt }) => closedAt !== null)
        expect(closed).toEqual([...closed].sort())
        const open = queue.filter(({ closedAt }) => closedAt === null).map(({ kind }) => kind !== 'sos')
        expect(open).toEqual([...open].sort())
      }),
    )
  })
})

describe('an alarm', () => {
  it('is acknowledged once, while it is open; a cancelled one still needs somebody', () => {
    fc.assert(
      fc.property(alarm, (one) => {
        expect(whyNotAcknowledgeable(one) === null).toBe(one.acknowledgedAt === null && one.closedAt === null)
      }),
    )
  })
  it('of a person, a gap or a loss never closes by itself', () => {
    expect((['sos', 'gap', 'lost'] as const).some(canPass)).toBe(false)
    expect(alarmOfConcern('battery')).toEqual({ raise: 'battery', over: ['storage', 'clock', 'stuck-segment'] })
    expect(alarmOfConcern('none')).toEqual({ raise: null, over: ['battery', 'storage', 'clock', 'stuck-segment'] })
  })
})

describe('silence', () => {
  const nowMs = 10_000_000
  it('counts from what was heard last, never from before the server listened', () => {
    expect(silentSince({ seenAt: nowMs - silentAfterMs, startedAt: 0 }, 0, nowMs)).toBe(nowMs - silentAfterMs)
    expect(silentSince({ seenAt: nowMs - silentAfterMs + 1, startedAt: 0 }, 0, nowMs)).toBeNull()
    expect(silentSince({ seenAt: null, startedAt: nowMs - 1000 }, 0, nowMs)).toBeNull()
    expect(silentSince({ seenAt: 5, startedAt: 0 }, nowMs - 1000, nowMs)).toBeNull()
  })
})
