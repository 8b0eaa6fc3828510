/** Rows as they are stored (see migrations). Instants are epoch milliseconds. */
export type Explained = {
  cause: string | null
  words: string | null
  explained_by: string | null
  explained_at: number | null
  explained_entry: string | null
}
export type GapRow = Explained & {
  municipality: string
  id: string
  kind: 'device' | 'recording' | 'unterminated'
  subject: string
  code: string
  first: number
  last: number
  found_at: number
  state: 'waiting' | 'open' | 'explained' | 'closed'
  owner: string | null
  owner_name: string | null
  closed_at: number | null
}
export type HeadRow = { device: string; day: string; counter: number; head: string; entry: string }
export type PurchaseRow = {
  id: string
  kind: 'phone' | 'body-camera' | 'fixed-camera' | 'drone' | 'dock'
  quantity: number
  reference: string
  date: string
  by_name: string
  entered_at: number
  entry: string
}
export type ReconciliationRow = {
  municipality: string
  id: string
  day: string
  started_at: number
  duration_ms: number
  objects: number
  expected: number
  orphaned: number
  missing: number
  waiting: number
  entries: number
  unlike: number
  reread_recordings: number
  reread_bytes: number
  wrong: number
  findings: string
  entry: string
}
export type DemandRow = Explained & {
  municipality: string
  id: string
  rule: 'sos' | 'shift'
  subject: string
  device: string
  device_code: string
  officer_code: string | null
  from_at: number
  to_at: number
  judge_at: number
  state: 'waiting' | 'open' | 'explained' | 'found'
}
