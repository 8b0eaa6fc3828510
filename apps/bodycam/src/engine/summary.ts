import type { RecordingIndex } from '../journal/recording-index.ts'
import type { CoverProblem } from '../upload/cover.ts'
import type { QueueItem } from '../upload/queue.ts'
import type { RecordingSummary } from './protocol.ts'

/** What the screens need of a recording. Read from the journal's own index, never from the network's opinion. */
export function summarize(
  index: RecordingIndex,
  stuck: readonly QueueItem[],
  doubt: CoverProblem | null,
): RecordingSummary {
  let durationMs = 0
  let preEventMs = 0
  let safePieces = 0
  let heldMs = 0
  let heldBytes = 0
  let bytes = 0
  let gaps = 0
  let erasedPieces = 0
  for (const piece of index.pieces) {
    bytes += piece.sizeBytes
    if (piece.what === 'media') {
      durationMs += piece.durationMs
      preEventMs += piece.preEvent ? piece.durationMs : 0
    }
    gaps += piece.what === 'gap' ? 1 : 0
    if (piece.state === 'held') {
      heldBytes += piece.sizeBytes
      heldMs += piece.what === 'media' ? piece.durationMs : 0
    } else {
      safePieces += 1
      erasedPieces += piece.state === 'erased' ? 1 : 0
    }
  }
  return {
    id: index.id,
    openedAtMs: index.openedAtMs,
    endedAtMs: index.pieces.at(-1)?.wallClockMs ?? index.openedAtMs,
    stopReason: index.stopReason,
    durationMs,
    preEventMs,
    pieces: index.pieces.length,
    safePieces,
    heldMs,
    heldBytes,
    bytes,
    gaps,
    marks: index.markers.size,
    category: index.category?.category ?? null,
    categoryRefused: index.category?.refused ?? null,
    doubt,
    sos: index.sos,
    erased: index.pieces.length > 0 && erasedPieces === index.pieces.length,
    stuck: stuck.find((item) => item.recording === index.id)?.refusal ?? null,
  }
}

/** One letter a piece, for the tape: height tells safe from held, a hole is a gap. */
export function tapeOf(index: RecordingIndex | null, most: number): string {
  return (index?.pieces ?? [])
    .filter((piece) => piece.what !== 'stop')
    .slice(-most)
    .map((piece) => (piece.what === 'gap' ? 'g' : piece.state === 'held' ? 'h' : piece.quarantined ? 'q' : 's'))
    .join('')
}
