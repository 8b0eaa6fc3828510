import type { Authority, CaseKind, CaseRole, GuestRole } from '@sereno/contracts'
import type { Actor } from '../../kernel/actor.ts'

/** Rows as they are stored (see migrations). Instants are epoch milliseconds. */
export type CaseRow = {
  municipality: string
  id: string
  number: number
  code: string
  title: string
  kind: CaseKind
  summary: string | null
  tags: string[]
  state: 'open' | 'closed' | 'merged'
  root: string
  custodian: string
  custodian_name: string
  opened_at: number
  opened_by: string
  changed_at: number
  closed_at: number | null
  closed_because: string | null
  known_at: number | null
  handed_over_at: number | null
  clock_stage: number
  clock_alarm: string | null
  entry: string
}

export type CaseRecordingRow = {
  municipality: string
  case_id: string
  recording: string
  officer: string | null
  quadrant: string | null
  about: string
  started_at: number
  ended_at: number
  added_at: number
  added_by: string
  why: string | null
  removed_at: number | null
  removed_because: string | null
}

export type CasePersonRow = {
  municipality: string
  id: string
  case_id: string
  role: CaseRole
  name: string
  minor: boolean
  note: string | null
  added_at: number
  added_by: string
  removed_at: number | null
  removed_because: string | null
}

export type CaseNoteRow = {
  municipality: string
  id: string
  case_id: string
  text: string
  recording: string | null
  marked_at: number | null
  by_name: string
  noted_at: number
}

export type DerivativeRow = {
  municipality: string
  id: string
  case_id: string
  recording: string
  recording_code: string
  kind: 'clip' | 'still'
  title: string
  asked_from_ms: number
  asked_to_ms: number
  from_ms: number
  to_ms: number
  from_sequence: number
  to_sequence: number
  of_sequences: number
  size_bytes: number
  sha256: string
  parent_manifest: string
  lineage: string
  made_at: number
  made_by: string
  entry: string
  destroyed_at: number | null
}

export type OpeningRow = {
  municipality: string
  id: string
  derivative: string
  account: string
  entry: string
  opened_at: number
  expires_at: number
}

export type ReceiptFields = {
  readonly name: string
  readonly office: string
  readonly document: string
  readonly key: string | null
  readonly continued: string | null
}
export type HandOverRow = {
  municipality: string
  id: string
  case_id: string
  number: number
  authority: Authority
  unit: string
  officer: string
  officer_id: string | null
  detail: string
  positions: boolean
  state: 'preparing' | 'failed' | 'ready' | 'received'
  attempts: number
  made_at: number
  maker: Actor
  policy: string
  entry: string
  acta_sha256: string | null
  acta_envelope: string | null
  scan_type: string | null
  received_at: number | null
  receipt: ReceiptFields | null
  receipt_sha256: string | null
  receipt_entry: string | null
}

export type HandOverItemRow = {
  municipality: string
  hand_over: string
  recording: string
  code: string
  left_because: 'not-sealed' | 'destroyed' | 'unreadable' | null
  export: string | null
  file_name: string | null
  size_bytes: number | null
  sha256: string | null
  manifest_sha256: string | null
}

export type ShareRow = {
  municipality: string
  id: string
  case_id: string
  account: string
  role: GuestRole
  name: string
  office: string
  basis: string
  download: boolean
  created_at: number
  created_by: string
  expires_at: number
  ended_at: number | null
  ended_because: string | null
  revoked: boolean
  last_seen_at: number | null
  last_session: string | null
  looks: number
  entry: string
  /** Who made it, then whoever handed out an entrance, as they were then; no session in them. */
  given_by: readonly Actor[]
}

export type LiveShareRow = {
  municipality: string
  id: string
  case_id: string
  share: string
  device: string
  device_code: string
  officer_name: string
  reason: string
  opened_at: number
  opened_by: string
  until_at: number
  ended_at: number | null
  end_reason: 'revoked' | 'expired' | 'share-ended' | 'shift-ended' | null
  entry: string
}

export type CasesTables = {
  case_file: CaseRow
  case_recording: CaseRecordingRow
  case_person: CasePersonRow
  case_note: CaseNoteRow
  derivative: DerivativeRow
  derivative_opening: OpeningRow
  hand_over: HandOverRow
  hand_over_item: HandOverItemRow
  case_share: ShareRow
  live_share: LiveShareRow
}
