import type { Role } from '@sereno/contracts'

export type SessionLimits = {
  /** Ends when not seen for this long. */
  readonly idleMs: number
  /** Ends this long after it began, whatever happens. */
  readonly absoluteMs: number
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** A shift of twelve hours with its hand-over: an operator's screen may not go dark in the middle of it. */
const shift: SessionLimits = { idleMs: 13 * hourMs, absoluteMs: 13 * hourMs }
/** Whoever can change people, devices or evidence. */
const sensitive: SessionLimits = { idleMs: 30 * minuteMs, absoluteMs: 12 * hourMs }

const limits: Readonly<Record<Role, SessionLimits>> = {
  administrator: sensitive,
  custodian: sensitive,
  'data-protection-officer': sensitive,
  'internal-affairs': sensitive,
  overseer: sensitive,
  manager: sensitive,
  analyst: sensitive,
  officer: sensitive,
  police: sensitive,
  prosecutor: sensitive,
  defence: sensitive,
  operator: shift,
  supervisor: shift,
}

/** A new token after this long, so that a stolen one is short-lived. */
export const rotateAfterMs: number = 15 * minuteMs
/** The token before still works this long, for requests that were under way. */
export const graceMs = 30_000
/** The idle limit is moved at most this often: one write a minute, not one a request. */
export const touchAfterMs = minuteMs

/** The strictest of the roles'. */
export function limitsOf(roles: readonly Role[]): SessionLimits {
  const all = roles.length === 0 ? [sensitive] : roles.map((role) => limits[role])
  return {
    idleMs: Math.min(...all.map(({ idleMs }) => idleMs)),
    absoluteMs: Math.min(...all.map(({ absoluteMs }) => absoluteMs)),
  }
}

export type SessionTimes = {
  readonly seenAt: number
  readonly idleMs: number
  readonly endsAt: number
  readonly endedAt: number | null
}

export function isAlive(times: SessionTimes, nowMs: number): boolean {
  return times.endedAt === null && nowMs < times.endsAt && nowMs < times.seenAt + times.idleMs
}

export function shouldRotate(rotatedAt: number, nowMs: number): boolean {
  return nowMs - rotatedAt >= rotateAfterMs
}
