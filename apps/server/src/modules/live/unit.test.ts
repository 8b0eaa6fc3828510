import { describe, expect, test } from 'vitest'
import { awayAfterMs, newerFix, seen, statusOf, toUnit, type UnitState } from './unit.ts'
import { graceMs, reconsider, unwanted } from './wanted.ts'
import {
  countsOf,
  detachedLivesMs,
  dueToClose,
  extendForSos,
  lookMs,
  type OpenWatch,
  toWatcher,
  watchLivesMs,
} from './watch.ts'

const unit: UnitState = {
  device: 'd',
  deviceCode: 'BC-0001',
  officer: { id: 'o', code: 'S-1', name: 'Rosa Quispe' },
  shift: 's',
  quadrant: null,
  simulated: false,
  fix: null,
  seenAt: 1_000,
  batteryPercent: 80,
  recording: null,
  recordingSince: null,
  alarms: [],
}
const fix = { atMs: 5, latitude: -12.1, longitude: -77, accuracyM: 4, headingDeg: null, speedMps: null }

describe('a unit', () => {
  test('is free, recording, away, and calling for help before anything else', () => {
    expect(statusOf(unit, 1_000 + awayAfterMs)).toBe('free')
    expect(statusOf(unit, 1_001 + awayAfterMs)).toBe('away')
    expect(statusOf({ ...unit, seenAt: null }, 0)).toBe('away')
    expect(statusOf({ ...unit, recording: 'r' }, 1_000)).toBe('recording')
    expect(statusOf({ ...unit, recording: 'r', alarms: ['a'] }, 1_000_000)).toBe('sos')
  })

  test('is not moved back by a late batch, nor made older by a late signal', () => {
    expect(newerFix(fix, { ...fix, atMs: 4 })).toBe(fix)
    expect(newerFix(null, fix)).toBe(fix)
    expect(newerFix(fix, { ...fix, atMs: 6 }).atMs).toBe(6)
    expect(seen(unit, 999)).toBe(unit)
    expect(seen(unit, 1_001).seenAt).toBe(1_001)
  })

  test('is shown with what its reader may do', () => {
    const shown = toUnit(unit, { streaming: true, watchers: 2 }, 1_000, ['live.watch'])
    expect(shown).toMatchObject({ status: 'free', streaming: true, watchers: 2, may: ['live.watch'] })
    expect(shown).not.toHaveProperty('alarms')
  })
})

test('a stream is asked for at once, and given up only after the grace', () => {
  const asked = reconsider(unwanted, true, 0)
  expect(asked).toEqual({ want: { wanted: true, unwantedSince: null }, tell: true })
  expect(reconsider(asked.want, true, 5).tell).toBeNull()
  const left = reconsider(asked.want, false, 10)
  expect(left.tell).toBeNull()
  expect(reconsider(left.want, true, 20)).toEqual({ want: { wanted: true, unwantedSince: null }, tell: null })
  expect(reconsider(left.want, false, 10 + graceMs - 1).tell).toBeNull()
  expect(reconsider(left.want, false, 10 + graceMs)).toEqual({ want: unwanted, tell: false })
  expect(reconsider(unwanted, false, 0)).toEqual({ want: unwanted, tell: null })
})

describe('a watch', () => {
  const watch: OpenWatch = {
    municipality: 'm',
    id: 'w',
    device: 'd',
    account: 'a',
    accountName: 'Ana Torres',
    accountRole: 'operator',
    session: null,
    purpose: 'incident',
    reference: 'INC-7',
    policy: 'p',
    entry: 'e',
    openedAt: 0,
    expiresAt: watchLivesMs,
    lapsesAt: lookMs,
    detachedAt: null,
    viewer: null,
    earlier: { sent: 3, dropped: 1 },
  }

  test('ends when nobody renews it, or when its viewer stays away', () => {
    expect(dueToClose(watch, watchLivesMs - 1)).toBeNull()
    expect(dueToClose(watch, watchLivesMs)).toBe('expired')
    expect(dueToClose({ ...watch, detachedAt: 5 }, 4 + detachedLivesMs)).toBeNull()
    expect(dueToClose({ ...watch, detachedAt: 5 }, 5 + detachedLivesMs)).toBe('left')
  })

  test('ends after a quarter of an hour however often it is renewed; for an SOS, so long after its alarm', () => {
    const renewed = { ...watch, expiresAt: lookMs + 1 }
    expect(dueToClose(renewed, lookMs - 1)).toBeNull()
    expect(dueToClose(renewed, lookMs)).toBe('lapsed')
    extendForSos(renewed, true, 60_000)
    expect(renewed.lapsesAt).toBe(lookMs)
    const forSos: OpenWatch = { ...watch, purpose: 'sos' }
    extendForSos(forSos, true, 60_000)
    extendForSos(forSos, false, 90_000)
    expect(forSos.lapsesAt).toBe(60_000 + lookMs)
  })

  test('counts over all its connections, and shows the officer who, why and since when', () => {
    const viewer = { counts: () => ({ sent: 10, dropped: 2 }), end: () => {} }
    expect(countsOf({ ...watch, viewer })).toEqual({ sent: 13, dropped: 3 })
    expect(toWatcher(watch)).toEqual({
      name: 'Ana Torres',
      role: 'operator',
      purpose: 'incident',
      reference: 'INC-7',
      sinceMs: 0,
    })
  })
})
