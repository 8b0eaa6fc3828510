/** What is known of one recording, without a picture: its boxes on the axis, marks and track. */
import type { Marker, SegmentBox } from '@sereno/contracts'
import type { Static } from 'typebox'
import type { PlaylistBox } from './playlist.ts'
import type { StatementLine } from './store.ts'
import type { DeclaredGapRow, MarkerRow, RecordingRow } from './tables.ts'
import { placeOnAxis } from './timeline.ts'

export type Box = Static<typeof SegmentBox>
export type MarkerView = Static<typeof Marker>

/** Statements with version 0; the others are proof of a contradiction, not part of the axis. */
function onAxis(lines: readonly StatementLine[]): StatementLine[] {
  return lines.filter((line) => line.version === 0)
}

export function boxesOf(
  row: RecordingRow,
  lines: readonly StatementLine[],
  declared: readonly DeclaredGapRow[],
): Box[] {
  const bySequence = new Map(onAxis(lines).map((line) => [line.sequence, line]))
  const declaredBy = new Map(declared.map((gap) => [gap.sequence, gap]))
  return placeOnAxis(axisOf(lines), row.highest_sequence).map((placed) => {
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

export function playlistBoxesOf(row: RecordingRow, lines: readonly StatementLine[]): PlaylistBox[] {
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
    kind: line.kind,
    capturedAt: line.captured_at,
    timescale: line.timescale,
    decodeTime: line.decode_time,
    durationMs: line.duration_ms,
  }))
}

export function markerView(row: MarkerRow): MarkerView {
  return { id: row.id, atMs: row.marked_at, category: row.category, note: row.note, by: row.by_name }
}
