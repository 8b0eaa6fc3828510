/** What is written down of a judged statement: its row, and the receipt its device gets for it. */
import type { Receipt, Statement } from '@sereno/proof'
import type { Quarantine } from './evidence.ts'
import type { Judged } from './judge.ts'
import type { Incoming } from './keep.ts'

export type Unsigned = Omit<Incoming['row'], 'receipt'>

/** The device's clock, corrected by what it knew of the server's. */
export function captureTime(statement: Statement): number {
  return statement.body.wallClockMs + (statement.body.serverTime?.offsetMs ?? 0)
}

/** All of the row that is known before the batch it is kept in. */
export function rowOf(judged: Judged, capturedAt: number, receivedAt: number, quarantine: Quarantine | null): Unsigned {
  const { statement } = judged
  const { body, kind } = statement
  const media = kind === 'media' ? statement.body : null
  return {
    municipality: body.municipality,
    recording: body.recording,
    sequence: body.sequence,
    statement_sha256: judged.statementSha256,
    kind,
    counter: body.counter,
    captured_at: capturedAt,
    wall_clock_at: body.wallClockMs,
    received_at: receivedAt,
    media_sha256: media?.media.sha256 ?? null,
    size_bytes: media?.media.sizeBytes ?? 0,
    timescale: media?.timescale ?? 1,
    decode_time: media?.decodeTime ?? 0,
    duration_ticks: media?.duration ?? 0,
    duration_ms: durationOf(statement),
    pre_event: media?.preEvent ?? false,
    audio: media?.audioOn ?? false,
    reason: statement.kind === 'gap' || statement.kind === 'stop' ? statement.body.reason : null,
    quarantine,
    envelope: judged.envelope,
  }
}

// A day bounds what one statement may claim, so that no sum overflows.
function durationOf(statement: Statement): number {
  const ms =
    statement.kind === 'media'
      ? Math.round((statement.body.duration * 1_000) / statement.body.timescale)
      : statement.kind === 'gap'
        ? statement.body.missingMs
        : 0
  return Math.min(ms, 86_400_000)
}

export function receiptOf(statement: Statement, hash: string, receivedAtMs: number, quarantined: boolean): Receipt {
  const { installation, municipality, device, recording, sequence } = statement.body
  const media = statement.kind === 'media' ? statement.body.media : null
  return {
    format: 1,
    installation,
    municipality,
    device,
    recording,
    sequence,
    statement: hash,
    media: media === null ? null : { sha256: media.sha256, sizeBytes: media.sizeBytes },
    receivedAtMs,
    quarantined,
  }
}
