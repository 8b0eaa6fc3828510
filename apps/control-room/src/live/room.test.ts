import type { Fix, Unit } from '@sereno/contracts'
import { expect, test } from 'vitest'
import { createRoom } from './room.ts'

const fix = (atMs: number): Fix => ({
  atMs,
  latitude: -12,
  longitude: -77,
  accuracyM: 5,
  headingDeg: null,
  speedMps: 1,
})
const unit = (device: string, atMs: number): Unit => ({
  device,
  deviceCode: 'BC-1',
  officer: { id: device, code: `S-${device}`, name: 'Rojas' },
  quadrant: null,
  status: 'free',
  fix: fix(atMs),
  seenAt: atMs,
  batteryPercent: 60,
  recording: null,
  recordingSince: null,
  streaming: false,
  watchers: 0,
  simulated: true,
  may: [],
})

test('positions move without touching the lists, and a late unit does not move a fix back', () => {
  const pending: (() => void)[] = []
  const room = createRoom(
    () => undefined,
    (run) => pending.push(run),
  )
  room.receive({ type: 'snapshot', nowMs: 10, units: [unit('b', 5), unit('a', 5)], alarms: [] })
  pending.splice(0).forEach((run) => {
    run()
  })
  const listed = room.units.get()
  expect(listed.map(({ device }) => device)).toEqual(['a', 'b'])
  let moves = 0
  room.onPositions(() => {
    moves += 1
  })
  room.receive({ type: 'positions', nowMs: 20, fixes: [{ device: 'a', fix: fix(19) }] })
  expect(moves).toBe(1)
  expect(room.units.get()).toBe(listed)
  expect(pending).toHaveLength(0)
  room.receive({ type: 'unit', nowMs: 21, unit: unit('a', 6) })
  expect(room.fixes.get('a')?.atMs).toBe(19)
})

test('what changed elsewhere is handed on by topic', () => {
  const topics: string[] = []
  const room = createRoom(
    (told) => topics.push(...told),
    (run) => run(),
  )
  room.receive({ type: 'changed', nowMs: 1, topics: ['recording:1'] })
  room.receive({ type: 'session-ended' })
  expect(topics).toEqual(['recording:1', 'session'])
})
