import type { FileHint } from '@sereno/contracts'
import type { Static } from 'typebox'

/** Rows as they are stored (see migrations). Instants are epoch milliseconds. */
export type UploadRow = {
  municipality: string
  id: string
  object: string
  dock: string
  dock_code: string
  name: string
  size_bytes: number
  path_sha256: string | null
  modified_at: number | null
  hint: Static<typeof FileHint>
  state: 'receiving' | 'verifying' | 'kept' | 'refused'
  received_bytes: number
  created_at: number
  heard_at: number
  statement: string | null
  stop: string | null
  refusal: string | null
  receipt: string | null
}

export type BlockRow = {
  municipality: string
  upload: string
  block: number
  sha256: string
  size_bytes: number
  received_at: number
}

export type SourceRow = {
  municipality: string
  id: string
  kind: 'camera' | 'user'
  system: string
  key: string
  name: string
  model: string | null
  active: boolean
  state: 'unmatched' | 'matched' | 'ignored'
  device: string | null
  officer: string | null
  seen_at: number
  matched_at: number | null
  matched_by: string | null
}

export type CopyRow = {
  municipality: string
  recording: string
  sequence: number
  id: string
  state: 'wanted' | 'made' | 'impossible'
  reason: string | null
  attempts: number
  parent_sha256: string
  sha256: string | null
  size_bytes: number | null
  tool: string | null
  made_at: number | null
}

export type IntakeTables = {
  upload: UploadRow
  upload_block: BlockRow
  intake_source: SourceRow
  intake_source_recording: { municipality: string; source: string; recording: string }
  viewing_copy: CopyRow
}
