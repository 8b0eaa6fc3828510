import { existsSync, readFileSync } from 'node:fs'
import type { Alarm } from '@sereno/contracts'
import { expect, test } from 'vitest'
import type { EngineState, RecordingSummary, SosState } from '../engine/protocol.ts'
import { beatOf, signalsOf } from './alphabet.ts'
import { noEngineYet } from './engine-client.ts'
import { createSignals, haptics, tones } from './signals.ts'
import type { PhoneView } from './view.ts'

const recording = 'a'
const open = { recording, touchedAtMs: 0 }
const capture = {
  starting: { kind: 'starting', ...open },
  recording: { kind: 'recording', ...open, lastSegmentAtMs: 1 },
  interrupted: { kind: 'interrupted', ...open, sinceMs: 1, cause: 'call' },
  ready: { kind: 'ready' },
} as const satisfies Record<string, PhoneView['capture']>
const gigabyte = 1_000_000_000
const self = { settings: { videoBitsPerSecond: 2_000_000, width: 1280, height: 720 } } as EngineState['self']
const base = {
  engine: { ...noEngineYet, phase: 'enrolled', reached: true, self, watchers: [] },
  capture: capture.recording,
  storage: { freeBytes: 9 * gigabyte, usedBytes: 0, persisted: true },
  sheet: 'none',
  mark: null,
  overload: null,
  quality: 'full',
} as unknown as PhoneView
const engine = (change: Partial<EngineState>): PhoneView => ({ ...base, engine: { ...base.engine, ...change } })
const sos: SosState = {
  ...{ id: 's', atMs: 0, recording, fix: null, answeredAtMs: null, attempts: 0, alarm: null },
  ...{ cancelWanted: null, cancelled: false },
}
const seen = { acknowledgedAt: 5, closedAt: null } as Alarm
const room = (minutes: number): PhoneView => ({
  ...base,
  storage: { freeBytes: minutes * 15_000_000 + 24 * 1024 * 1024, usedBytes: 0, persisted: true },
})
const piece = (safePieces: number) => [{ safePieces, pieces: 3 } as RecordingSummary]

/** Each row of the alphabet: from what, to what, and what the hand and the ear get. */
const table: readonly (readonly [string, PhoneView, PhoneView, readonly unknown[]])[] = [
  ['it begins', { ...base, capture: capture.starting }, base, [haptics.started, [880, 120]]],
  ['it comes back', { ...base, capture: capture.interrupted }, base, [haptics.started, [880, 120]]],
  [
    'it begins with an SOS: no sound',
    { ...engine({ sos }), capture: capture.starting },
    engine({ sos }),
    [haptics.started],
  ],
  ['it is cut', base, { ...base, capture: capture.interrupted }, [haptics.notRecording]],
  ['it ends', base, { ...base, capture: capture.ready }, [haptics.stopped, [440, 240]]],
  ['it ends in an SOS', engine({ sos }), { ...engine({ sos }), capture: capture.ready }, [haptics.stopped]],
  ['a mark', base, { ...base, mark: { id: 'm', number: 1, atMs: 1 } }, [haptics.marked]],
  ['somebody looks', base, engine({ watchers: [{} as never] }), [haptics.watched]],
  ['nobody looks any more', engine({ watchers: [{} as never] }), base, []],
  ['the network goes', base, engine({ reached: false }), [haptics.networkLost]],
  ['the network is back', engine({ reached: false }), base, [haptics.networkBack]],
  ['thirty minutes left', room(31), room(30), [haptics.storage]],
  ['ten minutes left', room(11), room(10), [haptics.storage]],
  ['three minutes left', room(4), room(3), [haptics.storage]],
  ['a minute less is no news', room(9), room(8), []],
  ['it cannot keep up', base, { ...base, overload: { frames: 3, atMs: 1 } }, [haptics.overload]],
  ['SOS is sent', engine({ sos }), engine({ sos: { ...sos, answeredAtMs: 2 } }), [haptics.sosSent]],
  [
    'SOS does not get out',
    engine({ sos: { ...sos, attempts: 2 } }),
    engine({ sos: { ...sos, attempts: 3 } }),
    [haptics.sosStuck],
  ],
  [
    'SOS is seen',
    engine({ sos: { ...sos, answeredAtMs: 2 } }),
    engine({ sos: { ...sos, answeredAtMs: 2, alarm: seen } }),
    [haptics.sosSeen],
  ],
  [
    'all is safe',
    { ...engine({ recordings: piece(2) }), sheet: 'upload' },
    { ...engine({ recordings: piece(3) }), sheet: 'upload' },
    [haptics.handIn],
  ],
]

test.each(table)('%s', (_, before, now, expected) => {
  expect(told(before, now)).toEqual(expected)
  // what has been said is not said again
  expect(told(now, now)).toEqual([])
})

test('with the sounds off the hand still feels it', () => {
  expect(told({ ...base, capture: capture.starting }, base, false)).toEqual([haptics.started])
})

test('it says again that it records, every two minutes, and that it does not, every five seconds', () => {
  expect(beatOf(base, 0, 119_000)).toBeNull()
  expect(beatOf(base, 0, 120_001)).toBe('stillRecording')
  const cut = { ...base, capture: capture.interrupted }
  expect(beatOf(cut, 0, 4_999)).toBeNull()
  expect(beatOf(cut, 0, 5_001)).toBe('notRecording')
  expect(beatOf({ ...base, capture: capture.ready }, 0, 999_999)).toBeNull()
})

test('two of 800 ms belong to "SOS seen" alone', () => {
  const long = Object.entries(haptics).filter(([, pattern]) => pattern.some((ms) => ms >= 800 && ms < 1000))
  expect(long).toEqual([['sosSeen', [800, 100, 800]]])
})

test('the guide teaches the same alphabet', () => {
  const file = new URL('../../../../docs/guide/phone.md', import.meta.url)
  const guide = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const { holding: _, ...taught } = haptics
  for (const [name, pattern] of Object.entries(taught)) {
    expect(guide, name).toContain(`| \`${name}\` | ${pattern.filter((_, place) => place % 2 === 0).join(' · ')} |`)
  }
  for (const { hertz, ms } of Object.values(tones)) {
    expect(guide).toContain(`${hertz} Hz, ${ms} ms`)
  }
})

function told(before: PhoneView, now: PhoneView, loud = true): readonly unknown[] {
  const heard: unknown[] = []
  const port = {
    vibrate: (pattern: readonly number[]) => heard.push(pattern),
    play: (hertz: number, ms: number) => heard.push([hertz, ms]),
  }
  const signals = createSignals(port, () => loud)
  for (const signal of signalsOf(before, now)) {
    if ('feel' in signal) {
      signals.feel(signal.feel)
    } else {
      signals.sound(signal.sound)
    }
  }
  return heard
}
