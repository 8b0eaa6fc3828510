import type { Category, MarkerCategory } from '@sereno/contracts'

/** What a recording's log on the phone holds, in the order it happened. Replaying it gives the {@link RecordingIndex}. */
export type LogRecord =
  | { readonly kind: 'opened'; readonly atMs: number; readonly sos: boolean }
  | ({ readonly kind: 'statement' } & Signed)
  | { readonly kind: 'receipt'; readonly sequence: number; readonly quarantined: boolean; readonly atMs: number }
  | { readonly kind: 'unreceived'; readonly sequence: number }
  | { readonly kind: 'erased'; readonly sequence: number }
  | { readonly kind: 'covered' }
  | { readonly kind: 'marker'; readonly marker: LocalMarker }
  | { readonly kind: 'marker-sent'; readonly id: string }
  | { readonly kind: 'category'; readonly category: Category; readonly note: string | null }
  | { readonly kind: 'category-sent' }
  /** The server will never take it: who recorded is not who holds the phone, say. */
  | { readonly kind: 'category-refused'; readonly code: string }
  | { readonly kind: 'opening'; readonly opening: Opening }
  | { readonly kind: 'openings-sent'; readonly sequences: readonly number[] }

/** A statement as the index remembers it. Wall clock at the end of what it states; durations on the media time line. */
export type Signed = {
  readonly sequence: number
  readonly counter: number
  readonly what: 'media' | 'gap' | 'stop'
  /** Hash of the envelope's bytes. */
  readonly hash: string
  readonly mediaSha256: string | null
  /** Of the upload body, as it lies on the phone. */
  readonly sizeBytes: number
  readonly durationMs: number
  readonly wallClockMs: number
  readonly preEvent: boolean
  readonly reason: string | null
}
export type LocalMarker = { readonly id: string; readonly atMs: number; readonly category: MarkerCategory | null }
/** Opening of a segment's positions commitment. */
export type Opening = { readonly sequence: number; readonly salt: string; readonly positions: string }

/** `held`: only this phone has it. `safe`: the control centre confirmed the same hash. `erased`: safe, and gone from here. */
export type Piece = Signed & { state: 'held' | 'safe' | 'erased'; quarantined: boolean; receiptAtMs: number | null }

export type RecordingIndex = {
  readonly id: string
  openedAtMs: number
  sos: boolean
  readonly pieces: Piece[]
  stopReason: string | null
  covered: boolean
  readonly markers: Map<string, LocalMarker & { sent: boolean }>
  category: {
    readonly category: Category
    readonly note: string | null
    sent: boolean
    /** The server's code, when it will never take it. */
    refused: string | null
  } | null
  readonly openings: Map<number, Opening>
}

export function emptyIndex(id: string): RecordingIndex {
  return {
    id,
    openedAtMs: 0,
    sos: false,
    pieces: [],
    stopReason: null,
    covered: false,
    markers: new Map(),
    category: null,
    openings: new Map(),
  }
}

/** Applies one record in place (an index of hours has thousands of pieces and gets one more every two seconds). */
export function applyRecord(index: RecordingIndex, record: LogRecord): void {
  switch (record.kind) {
    case 'opened':
      index.openedAtMs = record.atMs
      index.sos = record.sos
      return
    case 'statement': {
      const { kind: _, ...signed } = record
      index.pieces.push({ ...signed, state: 'held', quarantined: false, receiptAtMs: null })
      index.covered = false
      if (signed.what === 'stop') {
        index.stopReason = signed.reason
      }
      return
    }
    case 'covered':
      index.covered = true
      return
    case 'marker':
      index.markers.set(record.marker.id, { ...record.marker, sent: false })
      return
    case 'marker-sent': {
      const marker = index.markers.get(record.id)
      if (marker !== undefined) {
        marker.sent = true
      }
      return
    }
    case 'category':
      index.category = { category: record.category, note: record.note, sent: false, refused: null }
      return
    case 'category-sent':
      if (index.category !== null) {
        index.category.sent = true
      }
      return
    case 'category-refused':
      if (index.category !== null) {
        index.category.refused = record.code
      }
      return
    case 'opening':
      index.openings.set(record.opening.sequence, record.opening)
      return
    case 'openings-sent':
      for (const sequence of record.sequences) {
        index.openings.delete(sequence)
      }
      return
    default:
      applyToPiece(index, record)
  }
}

function applyToPiece(
  index: RecordingIndex,
  record: Extract<LogRecord, { kind: 'receipt' | 'unreceived' | 'erased' }>,
): void {
  const piece = index.pieces[record.sequence]
  if (piece === undefined || piece.state === 'erased') {
    return
  }
  if (record.kind === 'receipt') {
    piece.state = 'safe'
    piece.quarantined = record.quarantined
    piece.receiptAtMs = record.atMs
  } else if (record.kind === 'unreceived') {
    piece.state = 'held'
    piece.quarantined = false
    piece.receiptAtMs = null
  } else if (mayErase(piece)) {
    // keeps the promise of the screen: nothing is erased without a receipt, whatever the log says
    piece.state = 'erased'
  }
}

/** A receipt for a quarantined piece says that it arrived, not that it is taken as evidence: this copy stays. */
export function mayErase(piece: Piece): boolean {
  return piece.state === 'safe' && !piece.quarantined
}

export function lastPiece(index: RecordingIndex): Piece | null {
  return index.pieces.at(-1) ?? null
}
