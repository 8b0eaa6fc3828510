/** What the page "Integridad" shows. */
import type { completenessOperations, ReplyOf } from '@sereno/contracts'
import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import { openDemands } from './demand.ts'
import type { CompletenessDeps, CompletenessSettings } from './door.ts'
import { forecast } from './forecast.ts'
import { liveGaps } from './gaps.ts'
import { countsOf, purchasesOf } from './purchases.ts'
import { sealedWithReading } from './reread.ts'
import type { DemandRow, Explained, GapRow, PurchaseRow, ReconciliationRow } from './tables.ts'

type Reply<K extends keyof typeof completenessOperations> = ReplyOf<(typeof completenessOperations)[K]>
type GapView = Reply<'POST /completeness/gaps/:id/explain'>

function explanationOf(row: Explained): GapView['explained'] {
  const { cause, words, explained_by: by, explained_at: at, explained_entry: entry } = row
  return cause === null || words === null || by === null || at === null || entry === null
    ? null
    : { cause: cause as NonNullable<GapView['explained']>['cause'], words, by, at, entry }
}

function mayExplain(deps: CompletenessDeps, scope: Scope): readonly string[] {
  return deps.identity.may(scope.actor, { type: 'Gap', id: 'any', attributes: {} }, ['completeness.explain'])
}

export function gapView(deps: CompletenessDeps, scope: Scope, row: GapRow): GapView {
  const { id, kind, subject, code, first, last, state } = row
  const may = state === 'open' || state === 'waiting' ? [...mayExplain(deps, scope)] : []
  return {
    id,
    kind,
    subject,
    code,
    first,
    last,
    foundAt: row.found_at,
    state,
    owner: row.owner_name,
    explained: explanationOf(row),
    may,
  }
}

export function demandView(
  deps: CompletenessDeps,
  scope: Scope,
  row: DemandRow,
): Reply<'POST /completeness/missing/:id/explain'> {
  return {
    id: row.id,
    rule: row.rule,
    device: row.device_code,
    officer: row.officer_code,
    from: row.from_at,
    to: row.to_at,
    state: row.state === 'waiting' ? 'open' : row.state,
    explained: explanationOf(row),
    may: row.state === 'open' ? [...mayExplain(deps, scope)] : [],
  }
}

export function purchaseView(row: PurchaseRow): Reply<'POST /completeness/purchases'> {
  const { id, kind, quantity, reference, date, entry } = row
  return { id, kind, quantity, reference, date, by: row.by_name, at: row.entered_at, entry }
}

function reportView(row: ReconciliationRow): Reply<'POST /completeness/reconciliations'> {
  return {
    id: row.id,
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    objects: row.objects,
    expected: row.expected,
    orphaned: row.orphaned,
    missing: row.missing,
    waiting: row.waiting,
    entries: row.entries,
    unlike: row.unlike,
    rereadRecordings: row.reread_recordings,
    rereadBytes: row.reread_bytes,
    wrong: row.wrong,
    findings: JSON.parse(row.findings) as { code: string; detail: string }[],
  }
}

export async function newestReport(deps: CompletenessDeps, { municipality }: Scope) {
  const found = await sql<ReconciliationRow>`select * from reconciliation where municipality = ${municipality}::uuid
    order by started_at desc limit 1`.execute(deps.database.db)
  const row = found.rows[0]
  return row === undefined ? null : reportView(row)
}

/** The public figure: of the newest reconciliation, and the recording that waits longest for being read again. */
export async function healthOf(deps: CompletenessDeps, scope: Scope) {
  const report = await newestReport(deps, scope)
  let oldestReread: number | null = null
  for await (const { sealedAt, readAt } of sealedWithReading(deps, scope)) {
    oldestReread = Math.min(oldestReread ?? Number.MAX_SAFE_INTEGER, readAt ?? sealedAt)
  }
  return {
    examined: report === null ? 0 : report.expected + report.entries,
    findings: report === null ? 0 : report.orphaned + report.missing + report.unlike + report.wrong,
    oldestReread,
  }
}

export async function overview(
  deps: CompletenessDeps,
  settings: CompletenessSettings,
  scope: Scope,
): Promise<Reply<'GET /completeness'>> {
  const { db } = deps.database
  const resource = { type: 'Completeness', id: 'page', attributes: {} }
  return {
    nowMs: deps.clock.nowMs(),
    gaps: (await liveGaps(db, scope)).map((row) => gapView(deps, scope, row)),
    graceMs: settings.graceMs,
    missing: (await openDemands(db, scope)).map((row) => demandView(deps, scope, row)),
    reconciliation: await newestReport(deps, scope),
    health: await healthOf(deps, scope),
    counts: await countsOf(deps, scope),
    purchases: (await purchasesOf(db, scope)).map(purchaseView),
    storage: await forecast(deps, scope),
    may: deps.identity.may(scope.actor, resource, ['completeness.explain', 'purchase.write']),
  }
}
