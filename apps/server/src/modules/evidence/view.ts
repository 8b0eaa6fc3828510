/** A recording as the contract shows it. Pure. */

import type { RecordingView } from './deps.ts'
import { isUnterminated, missingCount } from './evidence.ts'
import type { RecordingRow } from './tables.ts'

/** Silence after which a recording without its stop is called unterminated; the stop may still come. */
const silentMs = 10 * 60_000

export function viewOf(row: RecordingRow, may: readonly string[], nowMs: number): RecordingView {
  const { officer, officer_code, officer_name, quadrant, quadrant_code } = row
  return {
    id: row.id,
    code: row.code,
    device: { id: row.device, code: row.device_code, simulated: row.simulated },
    officer: officer === null ? null : { id: officer, code: officer_code ?? '', name: officer_name ?? '' },
    state: row.state,
    shape: row.shape,
    quarantined: row.quarantine !== null,
    held: row.held,
    destroyed: row.destroyed_at !== null,
    incomplete: row.incomplete,
    unterminated:
      isUnterminated({ stopSequence: row.stop_sequence }) &&
      (row.state === 'sealed' || nowMs - row.received_at > silentMs),
    sos: row.sos,
    startedAt: row.started_at,
    endedAt: row.state === 'receiving' ? null : row.ended_at,
    durationMs: Math.round(row.duration_ms),
    segments: row.segments,
    missing: Math.max(
      0,
      missingCount({ highestSequence: row.highest_sequence, statements: row.statements }) - row.declared,
    ),
    gaps: row.gaps + row.declared,
    sizeBytes: row.size_bytes,
    category: row.category,
    note: row.note,
    quadrant: quadrant === null ? null : { id: quadrant, code: quadrant_code ?? '' },
    start:
      row.latitude === null || row.longitude === null ? null : { latitude: row.latitude, longitude: row.longitude },
    sealedAt: row.sealed_at,
    manifestSha256: row.manifest_sha256,
    may: [...may],
  }
}
