/**
 * Where each statement lies on the recording's one axis, in milliseconds from its first picture. Pure.
 *
 * Media time decides (ticks of the video track), because it is what the player shows; clocks of the device may
 * change in mid-recording. Where media time runs backwards (the application was restarted) a new stretch begins,
 * placed after what the gap statements say is missing. A hole is never closed by moving pictures together.
 */

/** A statement with version 0, in order of sequence. */
export type Stated = {
  readonly sequence: number
  readonly kind: 'media' | 'gap' | 'stop'
  readonly capturedAt: number
  readonly timescale: number
  readonly decodeTime: number
  readonly durationMs: number
}

export type Placed = {
  readonly sequence: number
  /** How many sequences from `sequence` on the box stands for: 1, or the length of a run of missing ones. */
  readonly count: number
  readonly kind: 'media' | 'gap' | 'missing'
  readonly startMs: number
  readonly durationMs: number
  /** The first media of a stretch whose media time does not go on from the one before. */
  readonly restarts: boolean
}

/** Two media segments that abut within this are continuous: rounding of ticks and true frame durations. */
export const toleranceMs = 100
/** Shown for a missing sequence whose length nothing tells: the length of a usual segment. */
const usualSegmentMs = 2_000

type Hole = {
  readonly sequence: number
  readonly count: number
  readonly kind: 'gap' | 'missing'
  readonly saidMs: number | null
}

/**
 * Places every sequence from 0 to `highestSequence`; those without a statement are `missing`, one box for each run of
 * them, so that one statement far away costs no memory. The stop takes no room.
 * `statements` must be sorted by sequence, each sequence at most once.
 */
export function placeOnAxis(statements: readonly Stated[], highestSequence: number): Placed[] {
  const placed: Placed[] = []
  let holes: Hole[] = []
  let cursorMs = 0
  /** Axis position of media time 0 in the current stretch; null before the first media. */
  let originMs: number | null = null
  let lastCapturedAt: number | null = null
  let expected = 0

  const fillHoles = (roomMs: number | null): void => {
    for (const box of spread(holes, cursorMs, roomMs)) {
      placed.push(box)
      cursorMs = box.startMs + box.durationMs
    }
    holes = []
  }

  for (const one of statements) {
    if (expected < one.sequence) {
      holes.push({ sequence: expected, count: one.sequence - expected, kind: 'missing', saidMs: null })
    }
    expected = one.sequence + 1
    if (one.kind === 'gap') {
      holes.push({ sequence: one.sequence, count: 1, kind: 'gap', saidMs: one.durationMs })
      continue
    }
    if (one.kind === 'stop') {
      continue
    }
    const mediaMs = (one.decodeTime * 1000) / one.timescale
    const restarts: boolean = originMs !== null && originMs + mediaMs < cursorMs - toleranceMs
    if (originMs === null || restarts) {
      const wallMs = lastCapturedAt === null ? null : Math.max(0, one.capturedAt - one.durationMs - lastCapturedAt)
      fillHoles(holes.length === 0 || holes.some((hole) => hole.saidMs === null) ? wallMs : null)
      originMs = cursorMs - mediaMs
    } else {
      const startMs = Math.round(originMs + mediaMs)
      fillHoles(Math.max(0, startMs - cursorMs))
      cursorMs = Math.max(cursorMs, startMs)
    }
    const { sequence, durationMs } = one
    placed.push({ sequence, count: 1, kind: 'media', startMs: cursorMs, durationMs, restarts })
    cursorMs += one.durationMs
    lastCapturedAt = one.capturedAt
  }
  if (expected <= highestSequence) {
    holes.push({ sequence: expected, count: highestSequence + 1 - expected, kind: 'missing', saidMs: null })
  }
  fillHoles(null)
  return placed
}

/**
 * Shares a hole's room among its gaps and missing sequences. Gaps take what they said; the missing ones share the rest
 * evenly. Without a known room each missing one counts as a usual segment.
 */
function spread(holes: readonly Hole[], startMs: number, roomMs: number | null): Placed[] {
  const said = holes.reduce((sum, hole) => sum + (hole.saidMs ?? 0), 0)
  const unknown = holes.reduce((sum, hole) => sum + (hole.saidMs === null ? hole.count : 0), 0)
  const scale = roomMs !== null && said > roomMs && said > 0 ? roomMs / said : 1
  const rest = roomMs === null ? usualSegmentMs * unknown : Math.max(0, roomMs - said * scale)
  const boxes: Placed[] = []
  let cursorMs = startMs
  for (const hole of holes) {
    // With a known room and no missing sequence, the gaps are stretched over it: the media clock is the truer one.
    const share = unknown > 0 ? rest / unknown : 0
    const stretch = unknown === 0 && roomMs !== null && said > 0 ? roomMs / said : scale
    const even = unknown === 0 && roomMs !== null && said === 0 ? roomMs / holes.length : 0
    const durationMs = Math.round(hole.saidMs === null ? share * hole.count : hole.saidMs * stretch + even)
    const { sequence, count, kind } = hole
    boxes.push({ sequence, count, kind, startMs: cursorMs, durationMs, restarts: false })
    cursorMs += durationMs
  }
  return boxes
}
