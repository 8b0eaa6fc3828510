import type { Marker, Recording, SegmentBox, TrackPoint } from '../../../api/api.ts'

/** The recording's one axis: milliseconds from its first picture, shared by every lane. Pure. */
export type Axis = {
  readonly lengthMs: number
  readonly startedAt: number
  readonly boxes: readonly SegmentBox[]
}

export function axisOf(recording: Recording, boxes: readonly SegmentBox[]): Axis {
  const last = boxes.at(-1)
  const lengthMs = Math.max(recording.durationMs, last === undefined ? 0 : last.startMs + last.durationMs, 1)
  return { lengthMs, startedAt: recording.startedAt, boxes }
}

/** Full comb, low hatch, empty frame: verified, explained by the device or a person, unexplained. */
export type BoxState = 'media' | 'known' | 'unknown'
export const stateOf = (box: SegmentBox): BoxState =>
  box.kind === 'media' ? 'media' : box.kind === 'gap' || box.declared !== null ? 'known' : 'unknown'

export const share = (axis: Axis, ms: number): number => Math.max(0, Math.min(1, ms / axis.lengthMs))

/** Index of the box an instant lies in; the nearest before it when it lies in none. */
export function boxAt(boxes: readonly SegmentBox[], ms: number): number {
  let low = 0
  let high = boxes.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((boxes[middle]?.startMs ?? 0) <= ms) {
      low = middle
    } else {
      high = middle - 1
    }
  }
  return low
}

/** Neighbouring boxes of one state that are no picture, as one hole. */
export type Hole = {
  readonly state: 'known' | 'unknown'
  readonly startMs: number
  readonly durationMs: number
  readonly from: number
  readonly to: number
  readonly reason: string | null
  readonly declaredBy: string | null
}

export function holesOf(boxes: readonly SegmentBox[]): readonly Hole[] {
  const holes: Hole[] = []
  for (const box of boxes) {
    const state = stateOf(box)
    if (state === 'media') {
      continue
    }
    const reason = box.declared?.reason ?? box.reason
    const last = holes.at(-1)
    if (last !== undefined && last.state === state && last.to + 1 === box.sequence && last.reason === reason) {
      holes[holes.length - 1] = { ...last, to: box.sequence, durationMs: box.startMs + box.durationMs - last.startMs }
    } else {
      holes.push({
        state,
        startMs: box.startMs,
        durationMs: box.durationMs,
        from: box.sequence,
        to: box.sequence,
        reason,
        declaredBy: box.declared?.by ?? null,
      })
    }
  }
  return holes
}

/** The next one after an instant, or the last before it: for jumping between marks and holes. */
export function nextOf(instants: readonly number[], ms: number, step: -1 | 1): number | null {
  const sorted = [...instants].sort((a, b) => a - b)
  const slackMs = 250
  return step === 1
    ? (sorted.find((at) => at > ms + slackMs) ?? null)
    : (sorted.findLast((at) => at < ms - slackMs) ?? null)
}

export const markMs = (axis: Axis, { atMs }: Marker): number =>
  Math.max(0, Math.min(axis.lengthMs, atMs - axis.startedAt))

/** Round times for the axis' labels: five to eight of them. */
export function ticksOf(axis: Axis): readonly number[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200].map((seconds) => seconds * 1000)
  const step = steps.find((ms) => axis.lengthMs / ms <= 8) ?? 14_400_000
  const first = Math.ceil(axis.startedAt / step) * step
  const ticks: number[] = []
  for (let at = first; at < axis.startedAt + axis.lengthMs; at += step) {
    ticks.push(at)
  }
  return ticks
}

/** Where the unit was at an instant of the axis, between its two fixes; null beyond what is known. */
export function placeAt(
  track: readonly TrackPoint[],
  axis: Axis,
  ms: number,
): { readonly longitude: number; readonly latitude: number } | null {
  const at = axis.startedAt + ms
  const after = track.findIndex(({ atMs }) => atMs >= at)
  const next = track[after < 0 ? track.length - 1 : after]
  const before = track[Math.max(0, after - 1)]
  if (next === undefined || before === undefined) {
    return null
  }
  const span = next.atMs - before.atMs
  const part = span <= 0 ? 1 : Math.max(0, Math.min(1, (at - before.atMs) / span))
  return {
    longitude: before.longitude + (next.longitude - before.longitude) * part,
    latitude: before.latitude + (next.latitude - before.latitude) * part,
  }
}
