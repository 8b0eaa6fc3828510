import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Capture, type CaptureEvent, isOpen, segmentOverdueMs, step } from './capture.ts'

const recording = fc.constantFrom('a', 'b')
const event: fc.Arbitrary<{ readonly make: (atMs: number) => CaptureEvent; readonly waitMs: number }> = fc.record({
  waitMs: fc.nat(9000),
  make: fc.oneof(
    fc.boolean().map((open) => (): CaptureEvent => ({ type: 'camera', open })),
    recording.map(
      (id) =>
        (atMs: number): CaptureEvent => ({ type: 'touched', recording: id, atMs }),
    ),
    recording.map(
      (id) =>
        (atMs: number): CaptureEvent => ({
          type: 'segment',
          recording: id,
          atMs,
          capturedAtMs: atMs,
        }),
    ),
    fc.constant((atMs: number): CaptureEvent => ({ type: 'interrupted', cause: 'call', atMs })),
    fc.constant((): CaptureEvent => ({ type: 'stop-held' })),
    recording.map((id) => (): CaptureEvent => ({ type: 'stopped', recording: id, cameraOpen: true })),
  ),
})

test('it says "recording" only after a segment of that recording within the last seconds', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), (events) => {
      let capture: Capture = { kind: 'off' }
      let atMs = 1_000_000
      const lastSegment = new Map<string, number>()
      for (const { make, waitMs } of events) {
        atMs += waitMs
        capture = step(capture, { type: 'tick', atMs })
        const next = make(atMs)
        if (next.type === 'segment') {
          lastSegment.set(next.recording, atMs)
        }
        capture = step(capture, next)
        if (capture.kind === 'recording') {
          expect(atMs - (lastSegment.get(capture.recording) ?? 0)).toBeLessThanOrEqual(segmentOverdueMs)
        }
      }
    }),
  )
})

test('nothing but its own stop ends a recording', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), (events) => {
      let capture: Capture = step({ kind: 'ready' }, { type: 'touched', recording: 'mine', atMs: 0 })
      let atMs = 0
      for (const { make, waitMs } of events) {
        atMs += waitMs
        capture = step(step(capture, { type: 'tick', atMs }), make(atMs))
        expect(isOpen(capture) && capture.recording).toBe('mine')
      }
      expect(step(capture, { type: 'stopped', recording: 'mine', cameraOpen: true }).kind).toBe('ready')
    }),
  )
})

test('the last group before a silence, written after it began, does not end the silence', () => {
  let capture = step({ kind: 'ready' }, { type: 'touched', recording: 'a', atMs: 0 })
  capture = step(capture, { type: 'segment', recording: 'a', capturedAtMs: 2000, atMs: 2050 })
  capture = step(capture, { type: 'interrupted', cause: 'call', atMs: 3000 })
  capture = step(capture, { type: 'segment', recording: 'a', capturedAtMs: 3000, atMs: 4600 })
  expect(capture.kind).toBe('interrupted')
  expect(step(capture, { type: 'segment', recording: 'a', capturedAtMs: 9000, atMs: 9050 }).kind).toBe('recording')
})

test('a second touch (gloves bounce) does not start a second recording', () => {
  const once = step({ kind: 'ready' }, { type: 'touched', recording: 'a', atMs: 1 })
  expect(step(once, { type: 'touched', recording: 'b', atMs: 2 })).toBe(once)
})
