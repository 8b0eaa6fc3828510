import type { Clock } from '../kernel/clock.ts'

export type TestClock = Clock & {
  /** Both clocks go on by so much. */
  readonly advance: (byMs: number) => void
  /** The wall clock jumps; the monotonic one does not. */
  readonly jumpTo: (nowMs: number) => void
}

/** A clock that stands still until told. */
export function testClock(startMs: number = Date.UTC(2026, 10, 22, 3, 0, 0)): TestClock {
  let wallMs = startMs
  let monotonicMs = 1000
  return {
    nowMs: () => wallMs,
    monotonicMs: () => monotonicMs,
    advance(byMs) {
      wallMs += byMs
      monotonicMs += byMs
    },
    jumpTo(nowMs) {
      wallMs = nowMs
    },
  }
}
