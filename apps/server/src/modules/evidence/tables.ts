import type { Category, MarkerCategory, Purpose } from '@sereno/contracts'
import type { RecordingState, StatementKind } from './evidence.ts'

/** Rows as they are stored (see migrations). Instants are epoch milliseconds. */
export type RecordingRow = {
  municipality: string
  id: string
  code: string
  device: string
  device_code: string
  simulated: boolean
  officer: string | null
  officer_code: string | null
  officer_name: string | null
  shift: string | null
  quadrant: string | null
  quadrant_code: string | null
  longitude: number | null
  latitude: number | null
  state: RecordingState
  quarantine: string | null
  held: boolean
  destroyed_at: number | null
  incomplete: boolean
  sos: boolean
  started_at: number
  ended_at: number
  received_at: number
  statements: number
  segments: number
  gaps: number
  highest_sequence: number
  stop_sequence: number | null
  stop_reason: string | null
  size_bytes: number
  duration_ms: number
  declared: number
  init_sha256: string | null
  init_stored: boolean
  category: Category | null
  note: string | null
  headed_sequence: number
  headed_sha256: string | null
  headed_entry: string | null
  headed_at: number | null
  covered_at: number | null
  sealed_at: number | null
  manifest_sha256: string | null
  /** A phone's segments, or whole files of another camera. */
  shape: 'segments' | 'files'
  /** Whose positions are its track; null: its device's. */
  track_of: string | null
}

/** A whole file that was taken in (see files.ts). */
export type OriginalFileRow = {
  municipality: string
  recording: string
  sequence: number
  object: string
  name: string
  size_bytes: number
  sha256: string
  blocks: number
  block_sha256: string
  role: 'video' | 'sound' | 'track' | 'key' | 'other' | 'unreadable'
  container: string | null
  video_codec: string | null
  audio_codec: string | null
  started_at: number | null
  duration_ms: number
  plays: boolean
}

export type StatementRow = {
  municipality: string
  recording: string
  sequence: number
  version: number
  statement_sha256: string
  kind: StatementKind
  counter: number
  captured_at: number
  wall_clock_at: number
  received_at: number
  media_sha256: string | null
  size_bytes: number
  timescale: number
  decode_time: number
  duration_ticks: number
  duration_ms: number
  pre_event: boolean
  audio: boolean
  reason: string | null
  quarantine: string | null
  supplement: number | null
  envelope: string
  receipt: string
}

export type OpeningRow = {
  municipality: string
  recording: string
  sequence: number
  statement_sha256: string
  salt: string
  positions: string
  received_at: number
}

export type MarkerRow = {
  municipality: string
  id: string
  recording: string
  marked_at: number
  category: MarkerCategory | null
  note: string | null
  by_kind: string
  by_id: string
  by_name: string
  created_at: number
}

export type DeclaredGapRow = {
  municipality: string
  recording: string
  sequence: number
  reason: string
  by_id: string
  by_name: string
  declared_at: number
  entry: string
}

export type ManifestRow = {
  municipality: string
  recording: string
  number: number
  sha256: string
  envelope: string
  entry: string
  signed_at: number
}

export type LookRow = {
  municipality: string
  id: string
  recording: string
  account: string
  account_name: string
  purpose: Purpose
  reference: string | null
  policy: string
  entry: string
  entry_leaf: string
  opened_at: number
  expires_at: number
  closed_at: number | null
}

export type ExportRow = {
  municipality: string
  id: string
  recording: string
  account: string
  purpose: Purpose
  positions: boolean
  entry: string
  file_name: string
  size_bytes: number
  plan: string
  created_at: number
  expires_at: number
}

type IngestRefusalRow = { municipality: string; source: string; code: string; minute_at: number; count: number }

export type EvidenceTables = {
  recording: RecordingRow
  capture_statement: StatementRow
  original_file: OriginalFileRow
  position_opening: OpeningRow
  marker: MarkerRow
  declared_gap: DeclaredGapRow
  manifest: ManifestRow
  look: LookRow
  evidence_export: ExportRow
  ingest_refusal: IngestRefusalRow
}
