/** Failures of one subject (a name, a source, both together), and until when it must wait. */
export type Attempts = { readonly failures: number; readonly sinceAt: number; readonly lockedUntil: number }

/** How many failures within `windowMs` are free; each further one doubles the wait from `firstMs` up to `mostMs`. */
export type Limit = {
  readonly free: number
  readonly windowMs: number
  readonly firstMs: number
  readonly mostMs: number
}

const minuteMs = 60_000

/** Somebody at one place who tries one name: mistypes five times, then waits. */
export const nameAndSourceLimit: Limit = { free: 5, windowMs: 15 * minuteMs, firstMs: minuteMs, mostMs: 15 * minuteMs }
/** One name from many places: high, because whoever can lock a name can keep its owner out. */
export const nameLimit: Limit = { free: 50, windowMs: 60 * minuteMs, firstMs: minuteMs, mostMs: 15 * minuteMs }
/** One place that tries many names: a control room shares an address. */
export const sourceLimit: Limit = { free: 60, windowMs: 15 * minuteMs, firstMs: minuteMs, mostMs: 15 * minuteMs }

/** The state after one more failure. A window that is over begins anew. */
export function failed(before: Attempts | null, limit: Limit, nowMs: number): Attempts {
  const isOver = before === null || nowMs - before.sinceAt > limit.windowMs + limit.mostMs
  const failures = isOver ? 1 : before.failures + 1
  const over = failures - limit.free
  const waitMs = over < 0 ? 0 : Math.min(limit.mostMs, limit.firstMs * 2 ** Math.min(over, 20))
  return { failures, sinceAt: isOver ? nowMs : before.sinceAt, lockedUntil: nowMs + waitMs }
}

/** Milliseconds still to wait; 0 when an attempt is free. */
export function waitMs(attempts: Attempts | null, nowMs: number): number {
  return attempts === null ? 0 : Math.max(0, attempts.lockedUntil - nowMs)
}
