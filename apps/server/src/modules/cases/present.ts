/** Cases and what belongs to them as the contract shows them. */
import type {
  CaseNote,
  CasePerson,
  CaseSummary,
  Derivative,
  HandOver,
  LiveShare,
  Recording,
  Share,
} from '@sereno/contracts'
import { sql } from 'kysely'
import type { Static } from 'typebox'
import type { Db } from '../../kernel/database.ts'
import { clockOf, isReserved, shareState } from './cases.ts'
import { timesOf } from './share.ts'
import { findCase } from './store.ts'
import type {
  CaseNoteRow,
  CasePersonRow,
  CaseRow,
  DerivativeRow,
  HandOverItemRow,
  HandOverRow,
  LiveShareRow,
  ShareRow,
} from './tables.ts'

export type RecordingOf = Static<typeof Recording>

/** With counts over the case and what was merged into it, in the order given. */
export async function summariesOf(db: Db, rows: readonly CaseRow[], nowMs: number): Promise<readonly CaseSummary[]> {
  if (rows.length === 0) {
    return []
  }
  const roots = `{${rows.map(({ id }) => id).join(',')}}`
  const counted = await sql<{ root: string; recordings: number; guests: number }>`
    select f.root, count(distinct r.recording)::int as recordings, count(distinct s.id)::int as guests from case_file f
    left join case_recording r on r.case_id = f.id and r.removed_at is null
    left join case_share s on s.case_id = f.id and s.ended_at is null and s.expires_at > ${nowMs}::bigint
    where f.root = any (${roots}::text::uuid[]) or f.id = any (${roots}::text::uuid[])
    group by f.root`.execute(db)
  const byRoot = new Map(counted.rows.map((row) => [row.root, row]))
  const into = new Map<string, string>()
  for (const row of rows.filter(({ state }) => state === 'merged')) {
    const scope = { municipality: row.municipality }
    const root = await findCase(db, scope as Parameters<typeof findCase>[1], row.root)
    into.set(row.id, root?.code ?? '')
  }
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    code: row.code,
    title: row.title,
    kind: row.kind,
    state: row.state,
    reserved: isReserved(row.kind),
    tags: row.tags,
    custodian: { id: row.custodian, name: row.custodian_name },
    openedAt: row.opened_at,
    changedAt: row.changed_at,
    closedAt: row.closed_at,
    recordings: byRoot.get(row.id)?.recordings ?? 0,
    guests: byRoot.get(row.id)?.guests ?? 0,
    clock: clockOf({ knownAt: row.known_at, handedOverAt: row.handed_over_at }, nowMs),
    mergedInto: row.state === 'merged' ? { id: row.root, code: into.get(row.id) ?? '' } : null,
  }))
}

export function personView(row: CasePersonRow): Static<typeof CasePerson> {
  const { id, role, name, minor, note } = row
  return { id, role, name, minor, note, addedAt: row.added_at, addedBy: row.added_by }
}

export function noteView(row: CaseNoteRow): Static<typeof CaseNote> {
  const { id, text, recording } = row
  return { id, text, recording, atMs: row.marked_at, by: row.by_name, at: row.noted_at }
}

export function derivativeView(row: DerivativeRow): Derivative {
  return {
    id: row.id,
    kind: row.kind,
    recording: row.recording,
    recordingCode: row.recording_code,
    title: row.title,
    askedFromMs: row.asked_from_ms,
    askedToMs: row.asked_to_ms,
    fromMs: row.from_ms,
    toMs: row.to_ms,
    fromSequence: row.from_sequence,
    toSequence: row.to_sequence,
    ofSequences: row.of_sequences,
    sizeBytes: row.size_bytes,
    sha256: row.sha256,
    parentManifest: row.parent_manifest,
    madeAt: row.made_at,
    madeBy: row.made_by,
  }
}

export function handOverView(row: HandOverRow, items: readonly HandOverItemRow[]): HandOver {
  const own = items.filter((item) => item.hand_over === row.id)
  return {
    id: row.id,
    number: row.number,
    authority: row.authority,
    unit: row.unit,
    officer: row.officer,
    officerId: row.officer_id,
    detail: row.detail,
    state: row.state,
    items: own.flatMap((item) =>
      item.sha256 === null || item.file_name === null || item.size_bytes === null || item.manifest_sha256 === null
        ? []
        : [
            {
              recording: item.recording,
              code: item.code,
              fileName: item.file_name,
              sizeBytes: item.size_bytes,
              sha256: item.sha256,
              manifestSha256: item.manifest_sha256,
            },
          ],
    ),
    left: own.flatMap(({ code, left_because: reason }) => (reason === null ? [] : [{ code, reason }])),
    madeAt: row.made_at,
    madeBy: row.maker.name,
    actaSha256: row.acta_sha256,
    receipt:
      row.receipt === null || row.received_at === null || row.receipt_sha256 === null
        ? null
        : { at: row.received_at, ...row.receipt, scan: row.scan_type !== null, sha256: row.receipt_sha256 },
  }
}

export function shareView(row: ShareRow, nowMs: number, hasPasskey: boolean): Share {
  return {
    id: row.id,
    role: row.role,
    name: row.name,
    office: row.office,
    basis: row.basis,
    download: row.download,
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at,
    revokedAt: row.revoked ? row.ended_at : null,
    revokedBecause: row.revoked ? row.ended_because : null,
    state: shareState(timesOf(row), nowMs),
    lastSeenAt: row.last_seen_at,
    passkey: hasPasskey,
    looks: row.looks,
  }
}

export function liveView(row: LiveShareRow, guest: string): LiveShare {
  return {
    id: row.id,
    share: row.share,
    guest,
    device: row.device,
    deviceCode: row.device_code,
    officer: row.officer_name,
    reason: row.reason,
    openedAt: row.opened_at,
    openedBy: row.opened_by,
    untilAt: row.until_at,
    endedAt: row.ended_at,
    endReason: row.end_reason,
  }
}
