/** What is known of one recording, without a picture: its boxes on the axis, marks and track. */
import type { Marker, SegmentBox } from '@sereno/contracts'
import type { Static } from 'typebox'
import type { PlaylistBox } from './playlist.ts'
import type { StatementLine } from './store.ts'
import type { DeclaredGapRow, MarkerRow, RecordingRow } from './tables.ts'
import { type Placed, placeOnAxis } from './timeline.ts'

export type Box = Static<typeof SegmentBox>
export type MarkerView = Static<typeof Marker>

/** Statements with version 0; the others are proof of a contradiction, not part of the axis. */
function onAxis(lines: readonly StatementLine[]): StatementLine[] {
  return lines.filter((line) => line.version === 0)
}

/** Up to so many missing sequences have a box each; beyond, a run of them shares one. */
const mostApart = 10_000

export function boxesOf(
  row: RecordingRow,
  lines: readonly StatementLine[],
  declared: readonly DeclaredGapRow[],
): Box[] {
  const bySequence = new Map(onAxis(lines).map((line) => [line.sequence, line]))
  const declaredBy = new Map(declared.map((gap) => [gap.sequence, gap]))
  const placedBoxes = placeOnAxis(axisOf(lines), row.highest_sequence)
  const missing = placedBoxes.reduce((sum, box) => sum + box.count - 1, 0)
  const bounds =
    missing <= mostApart
      ? placedBoxes.flatMap((box) => Array.from({ length: box.count }, (_, place) => box.sequence + place))
      : declared.flatMap((gap, place) => boundsOf(gap, declared[place - 1], declared[place + 1]))
  return cutRuns(placedBoxes, bounds).map((placed) => {
    const line = bySequence.get(placed.sequence)
    const gap = declaredBy.get(placed.sequence)
    return {
      sequence: placed.sequence,
      kind: placed.kind,
      startMs: placed.startMs,
      durationMs: placed.durationMs,
      sizeBytes: line?.size_bytes ?? 0,
      preEvent: line?.pre_event ?? false,
      audio: line?.audio ?? false,
      reason: line?.reason ?? null,
      declared: gap === undefined ? null : { reason: gap.reason, by: gap.by_name, at: gap.declared_at },
      sha256: line?.media_sha256 ?? null,
    }
  })
}

/** Where a declared stretch begins, and where it has ended; `declared` is in order of sequence. */
function boundsOf(
  gap: DeclaredGapRow,
  before: DeclaredGapRow | undefined,
  after: DeclaredGapRow | undefined,
): number[] {
  const begins = before?.sequence !== gap.sequence - 1 || before.entry !== gap.entry
  const ends = after?.sequence !== gap.sequence + 1
  return [...(begins ? [gap.sequence] : []), ...(ends ? [gap.sequence + 1] : [])]
}

/** A run of missing sequences of which a part was declared becomes one box for each part. `bounds` ascend. */
function cutRuns(placed: readonly Placed[], bounds: readonly number[]): Placed[] {
  let next = 0
  return placed.flatMap((box) => {
    const end = box.sequence + box.count
    const cuts = [box.sequence]
    for (; next < bounds.length && (bounds[next] ?? 0) < end; next += 1) {
      const bound = bounds[next] ?? 0
      if (bound > (cuts.at(-1) ?? 0)) {
        cuts.push(bound)
      }
    }
    return cuts.map((sequence, place) => {
      const startsAt = Math.round((box.durationMs * (sequence - box.sequence)) / box.count)
      const to = cuts[place + 1] ?? end
      const endsAt = Math.round((box.durationMs * (to - box.sequence)) / box.count)
      return {
        ...box,
        sequence,
        count: to - sequence,
        startMs: box.startMs + startsAt,
        durationMs: endsAt - startsAt,
      }
    })
  })
}

export function playlistBoxesOf(row: RecordingRow, lines: readonly StatementLine[]): PlaylistBox[] {
  if (row.shape === 'files') {
    // Whole files are played as they are, or as their viewing copies: never through a playlist.
    return []
  }
  const bySequence = new Map(onAxis(lines).map((line) => [line.sequence, line]))
  return placeOnAxis(axisOf(lines), row.highest_sequence).map((placed) => {
    const line = bySequence.get(placed.sequence)
    const startsAt = line === undefined ? null : line.captured_at - line.duration_ms
    return { ...placed, startsAt: placed.kind === 'media' ? startsAt : null }
  })
}

function axisOf(lines: readonly StatementLine[]): Parameters<typeof placeOnAxis>[0] {
  return onAxis(lines).map((line) => ({
    sequence: line.sequence,
    // A whole file is one long segment; one without a picture takes no room, as a stop takes none.
    kind: line.kind !== 'file' ? line.kind : line.duration_ms > 0 ? 'media' : 'stop',
    capturedAt: line.captured_at,
    timescale: line.timescale,
    decodeTime: line.decode_time,
    durationMs: line.duration_ms,
  }))
}

export function markerView(row: MarkerRow): MarkerView {
  return { id: row.id, atMs: row.marked_at, category: row.category, note: row.note, by: row.by_name }
}
