import type { FreezeKind, RetentionCategory, RetentionSetting } from '@sereno/contracts'

/** Rows as they are stored (see migrations). Instants are epoch milliseconds; `wish`, `simulation` and `notice` are JSON. */
export type RetainedRow = {
  municipality: string
  recording: string
  code: string
  device_code: string
  category: RetentionCategory
  started_at: number
  captured_at: number
  sealed_at: number
  size_bytes: number
  manifest_sha256: string | null
  leaves_at: number | null
  postponed_until: number | null
  batch: string | null
  destroyed_at: number | null
  final_at: number | null
  forgotten_at: number | null
}

export type RuleRow = {
  municipality: string
  id: string
  category: RetentionCategory
  keep_unit: 'day' | 'year' | null
  keep_count: number | null
  in_force_at: number
  change: string
  entry: string
  weakening: boolean
}

export type SettingRow = {
  municipality: string
  id: string
  name: RetentionSetting
  value: number
  in_force_at: number
  change: string
  entry: string
}

export type ChangeRow = {
  municipality: string
  id: string
  number: number
  wish: string
  reason: string
  simulation: string
  weakening: boolean
  state: 'proposed' | 'approved' | 'in-force' | 'refused'
  proposed_by: string
  proposed_name: string
  proposed_at: number
  proposed_entry: string
  decided_by: string | null
  decided_name: string | null
  decided_at: number | null
  decided_entry: string | null
  takes_effect_at: number | null
  in_force_at: number | null
  effect_entry: string | null
}

/** How what keeps a recording back ends (letting-go.ts). */
export type LettingGo = {
  id: string
  ending_reason: string | null
  asked_by: string | null
  asked_name: string | null
  asked_at: number | null
  asked_entry: string | null
  approved_by: string | null
  approved_name: string | null
  approved_at: number | null
  approved_entry: string | null
  ended_at: number | null
  ended_entry: string | null
}

export type HoldRow = LettingGo & {
  municipality: string
  recording: string
  code: string
  reason: string
  basis: string
  placed_by: string
  placed_name: string
  placed_at: number
  placed_entry: string
  notice: string | null
  notice_by: string | null
  notice_name: string | null
  notice_at: number | null
  notice_entry: string | null
}

export type FreezeRow = LettingGo & {
  municipality: string
  recording: string
  kind: FreezeKind
  reference: string
  opened_at: number
  opened_entry: string
  /** Frozen until then although it ended. */
  until_at: number | null
  /** When its end made the recording's deadline earlier: the deadline before, after, and the public entry. */
  leaves_before: number | null
  leaves_after: number | null
  shortened_entry: string | null
}

export type BatchRow = {
  municipality: string
  id: string
  number: number
  state: 'proposed' | 'reviewed' | 'approved' | 'running' | 'done' | 'stopped'
  proposed_at: number
  proposed_entry: string
  schedule: string | null
  reviewed_by: string | null
  reviewed_name: string | null
  reviewed_roles: string | null
  reviewed_at: number | null
  reviewed_entry: string | null
  approved_by: string | null
  approved_name: string | null
  approved_at: number | null
  approved_entry: string | null
  runs_at: number | null
  stopped_name: string | null
  stopped_at: number | null
  stopped_reason: string | null
  stopped_entry: string | null
  done_at: number | null
}

export type ItemRow = {
  municipality: string
  batch: string
  recording: string
  code: string
  device_code: string
  category: RetentionCategory
  captured_at: number
  leaves_at: number
  size_bytes: number
  manifest_sha256: string | null
  state: 'waiting' | 'left-out' | 'under-way' | 'destroyed'
  reason: string | null
  step: number
  entry: string | null
  erased_at: number | null
  final_at: number | null
  objects: number | null
  tombstone_entry: string | null
}

export type ActaRow = {
  municipality: string
  batch: string
  number: string
  pdf: Uint8Array
  sha256: string
  envelope: string
  entry: string
  made_at: number
  erased_at: number
  final_at: number
}

export type RetentionTables = {
  retained: RetainedRow
  retention_rule: RuleRow
  retention_setting: SettingRow
  retention_change: ChangeRow
  hold: HoldRow
  proceeding_freeze: FreezeRow
  destruction_batch: BatchRow
  destruction_item: ItemRow
  acta: ActaRow
}
