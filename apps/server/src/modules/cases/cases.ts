/** The pure domain: numbers, the 24-hour clock, what a clip takes. No I/O, no clock. */
import type { CaseKind, HandOverClock } from '@sereno/contracts'

const hourMs = 3_600_000
/** DS 007-2020-IN art. 17.1.b. */
const handOverWithinMs = 24 * hourMs
/** Hours from knowledge at which a person is told again. */
const clockStages = [12, 20, 24] as const
/** A share lives no longer than this; a trial that takes longer gets another one. */
export const shareLongestMs: number = 366 * 24 * hourMs
/** Some half hour of segments. */
export const longestClipSegments = 1_000

export type Clocked = { readonly knownAt: number | null; readonly handedOverAt: number | null }

export function clockOf({ knownAt, handedOverAt }: Clocked, nowMs: number): HandOverClock | null {
  if (knownAt === null) {
    return null
  }
  const dueAt = knownAt + handOverWithinMs
  return { knownAt, dueAt, doneAt: handedOverAt, stage: stageOf(knownAt, handedOverAt, nowMs) }
}

function stageOf(knownAt: number, handedOverAt: number | null, nowMs: number): HandOverClock['stage'] {
  if (handedOverAt !== null) {
    return handedOverAt <= knownAt + handOverWithinMs ? 'done' : 'late'
  }
  const due = stageDue(knownAt, nowMs)
  return due === 24 ? 'overdue' : due === 20 ? 'twenty' : due === 12 ? 'twelve' : 'running'
}

/** The newest escalation that is due: 0, 12, 20 or 24 hours. */
export function stageDue(knownAt: number, nowMs: number): 0 | (typeof clockStages)[number] {
  return clockStages.findLast((hours) => nowMs - knownAt >= hours * hourMs) ?? 0
}

/** `C-2026-0003`: the year in which it was opened, where it was opened. */
export function codeOf(number: number, openedAt: number, timeZone: string): string {
  const year = new Intl.DateTimeFormat('en', { timeZone, year: 'numeric' }).format(new Date(openedAt))
  return `C-${year}-${String(number).padStart(4, '0')}`
}

/** Complaints name officers: their commanders do not read such a case (policy `queja-sin-mando`). */
export function isReserved(kind: CaseKind): boolean {
  return kind === 'complaint'
}

type Timed = { readonly startMs: number; readonly durationMs: number }

/**
 * The whole segments that cover a stretch: each begins with a key frame, so a clip of them needs no re-encoding. It is
 * never shorter than what was asked for, and longer by less than a segment at either end. Empty where there is no
 * picture.
 */
export function segmentsCovering<P extends Timed>(parts: readonly P[], fromMs: number, toMs: number): readonly P[] {
  return parts.filter(({ startMs, durationMs }) => startMs < toMs && startMs + durationMs > fromMs)
}

/** The segment that shows an instant, or null where there is no picture. */
export function segmentAt<P extends Timed>(parts: readonly P[], atMs: number): P | null {
  return parts.find(({ startMs, durationMs }) => startMs <= atMs && atMs < startMs + durationMs) ?? null
}

export type ShareTimes = { readonly expiresAt: number; readonly endedAt: number | null; readonly revoked: boolean }

export function shareState(share: ShareTimes, nowMs: number): 'open' | 'expired' | 'revoked' {
  if (share.revoked) {
    return 'revoked'
  }
  return share.endedAt !== null || nowMs >= share.expiresAt ? 'expired' : 'open'
}

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const widestPng = 8_192

/** Width and height of a PNG (its IHDR, PNG specification §11.2.1), or null when it is none that we keep. */
export function pngSize(bytes: Uint8Array): { readonly width: number; readonly height: number } | null {
  if (bytes.length < 57 || pngSignature.some((byte, place) => bytes[place] !== byte)) {
    return null
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isHeader = view.getUint32(8) === 13 && view.getUint32(12) === 0x49_48_44_52
  const width = view.getUint32(16)
  const height = view.getUint32(20)
  const isSane = width > 0 && height > 0 && width <= widestPng && height <= widestPng
  return isHeader && isSane ? { width, height } : null
}
