/** Rows of what leaves a case: clips and stills, hand-overs, shares, live shares. */
import { sql } from 'kysely'
import type { Actor, Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import { tables } from './store.ts'
import type { DerivativeRow, HandOverItemRow, HandOverRow, LiveShareRow, OpeningRow, ShareRow } from './tables.ts'

// Derivatives

export async function insertDerivative(tx: Db, row: DerivativeRow): Promise<void> {
  await tables(tx).insertInto('derivative').values(row).execute()
}

export async function derivativesOf(db: Db, cases: readonly string[]): Promise<readonly DerivativeRow[]> {
  return tables(db)
    .selectFrom('derivative')
    .selectAll()
    .where('case_id', 'in', [...cases])
    .where('destroyed_at', 'is', null)
    .orderBy('made_at')
    .execute()
}

export async function findDerivative(db: Db, scope: Scope, id: string): Promise<DerivativeRow | null> {
  const row = await tables(db)
    .selectFrom('derivative')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

export async function forgetDerivatives(db: Db, scope: Scope, recording: string, atMs: number): Promise<void> {
  await tables(db)
    .updateTable('derivative')
    .set({ destroyed_at: atMs, title: '' })
    .where('municipality', '=', scope.municipality)
    .where('recording', '=', recording)
    .where('destroyed_at', 'is', null)
    .execute()
}

export async function insertOpening(tx: Db, row: OpeningRow): Promise<void> {
  await tables(tx).insertInto('derivative_opening').values(row).execute()
}

/** The reader's own opening, or null. */
export async function findOpening(db: Db, scope: Scope, id: string): Promise<OpeningRow | null> {
  const row = await tables(db)
    .selectFrom('derivative_opening')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
    .where('account', '=', scope.actor.id)
    .executeTakeFirst()
  return row ?? null
}

// Hand-overs

const handOverColumns = [
  'municipality',
  'id',
  'case_id',
  'number',
  'authority',
  'unit',
  'officer',
  'officer_id',
  'detail',
  'positions',
  'state',
  'attempts',
  'made_at',
  'maker',
  'policy',
  'entry',
  'acta_sha256',
  'acta_envelope',
  'scan_type',
  'received_at',
  'receipt',
  'receipt_sha256',
  'receipt_entry',
] as const

export async function insertHandOver(tx: Db, row: HandOverRow, items: readonly HandOverItemRow[]): Promise<void> {
  const { maker, receipt, ...rest } = row
  await tables(tx)
    .insertInto('hand_over')
    .values({
      ...rest,
      maker: sql`${JSON.stringify(maker)}::text::jsonb`,
      receipt: receipt === null ? null : sql`${JSON.stringify(receipt)}::text::jsonb`,
    })
    .execute()
  await tables(tx)
    .insertInto('hand_over_item')
    .values([...items])
    .execute()
}

export async function needHandOver(db: Db, scope: Scope, id: string, lock = false): Promise<HandOverRow> {
  const query = tables(db)
    .selectFrom('hand_over')
    .select(handOverColumns)
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
  const row = await (lock ? query.forUpdate() : query).executeTakeFirst()
  if (row === undefined) {
    throw new Refusal('case.not-found')
  }
  return row
}

export async function handOversOf(db: Db, cases: readonly string[]): Promise<readonly HandOverRow[]> {
  return tables(db)
    .selectFrom('hand_over')
    .select(handOverColumns)
    .where('case_id', 'in', [...cases])
    .orderBy('number')
    .execute()
}

export async function preparingHandOvers(db: Db): Promise<readonly HandOverRow[]> {
  return tables(db)
    .selectFrom('hand_over')
    .select(handOverColumns)
    .where('state', '=', 'preparing')
    .orderBy('made_at')
    .limit(5)
    .execute()
}

export async function itemsOf(db: Db, handOvers: readonly string[]): Promise<readonly HandOverItemRow[]> {
  return handOvers.length === 0
    ? []
    : tables(db)
        .selectFrom('hand_over_item')
        .selectAll()
        .where('hand_over', 'in', [...handOvers])
        .orderBy('code')
        .execute()
}

export async function changeItem(
  db: Db,
  handOver: string,
  recording: string,
  change: Partial<HandOverItemRow>,
): Promise<void> {
  await tables(db)
    .updateTable('hand_over_item')
    .set(change)
    .where('hand_over', '=', handOver)
    .where('recording', '=', recording)
    .execute()
}

export async function changeHandOver(
  tx: Db,
  id: string,
  change: Partial<Omit<HandOverRow, 'maker' | 'receipt'>>,
): Promise<void> {
  await tables(tx).updateTable('hand_over').set(change).where('id', '=', id).execute()
}

export async function saveReceipt(
  tx: Db,
  id: string,
  row: Pick<HandOverRow, 'received_at' | 'receipt' | 'receipt_sha256' | 'receipt_entry'>,
): Promise<void> {
  await sql`update hand_over set state = 'received', received_at = ${row.received_at}::bigint,
    receipt = ${JSON.stringify(row.receipt)}::text::jsonb, receipt_sha256 = ${row.receipt_sha256},
    receipt_entry = ${row.receipt_entry}::uuid where id = ${id}::uuid`.execute(tx)
}

export async function saveDocument(tx: Db, id: string, column: 'acta' | 'scan', bytes: Uint8Array): Promise<void> {
  await sql`update hand_over set ${sql.ref(column)} = ${Buffer.from(bytes)} where id = ${id}::uuid`.execute(tx)
}

export async function documentOf(db: Db, id: string, column: 'acta' | 'scan'): Promise<Uint8Array | null> {
  const found = await sql<{ bytes: Uint8Array | null }>`select ${sql.ref(column)} as bytes from hand_over
    where id = ${id}::uuid`.execute(db)
  return found.rows[0]?.bytes ?? null
}

// Shares

export async function insertShare(tx: Db, row: ShareRow): Promise<void> {
  const { given_by, ...rest } = row
  await tables(tx)
    .insertInto('case_share')
    .values({ ...rest, given_by: sql`${JSON.stringify(given_by)}::text::jsonb` })
    .execute()
}

export async function sharesOf(db: Db, cases: readonly string[]): Promise<readonly ShareRow[]> {
  return tables(db)
    .selectFrom('case_share')
    .selectAll()
    .where('case_id', 'in', [...cases])
    .orderBy('created_at')
    .execute()
}

export async function lockShare(tx: Db, scope: Scope, share: string, cases: readonly string[]): Promise<ShareRow> {
  const row = await tables(tx)
    .selectFrom('case_share')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('id', '=', share)
    .where('case_id', 'in', [...cases])
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) {
    throw new Refusal('case.not-found')
  }
  return row
}

export async function shareOfAccount(db: Db, scope: Scope): Promise<ShareRow | null> {
  const row = await tables(db)
    .selectFrom('case_share')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('account', '=', scope.actor.id)
    .executeTakeFirst()
  return row ?? null
}

export async function changeShare(tx: Db, id: string, change: Partial<Omit<ShareRow, 'given_by'>>): Promise<void> {
  await tables(tx).updateTable('case_share').set(change).where('id', '=', id).execute()
}

export async function saveGivers(tx: Db, share: string, givers: readonly Actor[]): Promise<void> {
  await sql`update case_share set given_by = ${JSON.stringify(givers)}::text::jsonb where id = ${share}::uuid`.execute(
    tx,
  )
}

export async function countLook(tx: Db, account: string): Promise<void> {
  await tables(tx)
    .updateTable('case_share')
    .set((eb) => ({ looks: eb('looks', '+', 1) }))
    .where('account', '=', account)
    .execute()
}

export async function openShares(db: Db, cases: readonly string[]): Promise<readonly ShareRow[]> {
  return (await sharesOf(db, cases)).filter(({ ended_at }) => ended_at === null)
}

export async function sharesDue(db: Db, nowMs: number): Promise<readonly ShareRow[]> {
  return tables(db)
    .selectFrom('case_share')
    .selectAll()
    .where('ended_at', 'is', null)
    .where('expires_at', '<=', nowMs)
    .execute()
}

// Live shares

export async function insertLiveShare(tx: Db, row: LiveShareRow): Promise<void> {
  await tables(tx).insertInto('live_share').values(row).execute()
}

export async function liveSharesOf(db: Db, cases: readonly string[]): Promise<readonly LiveShareRow[]> {
  return tables(db)
    .selectFrom('live_share')
    .selectAll()
    .where('case_id', 'in', [...cases])
    .orderBy('opened_at')
    .execute()
}

export async function findLiveShare(db: Db, scope: Scope, id: string): Promise<LiveShareRow | null> {
  const row = await tables(db)
    .selectFrom('live_share')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

/** Open live shares of a share (or all that are due), under lock: each ends once. */
export async function lockLiveShares(
  tx: Db,
  which: { readonly share: string } | { readonly live: string } | { readonly dueAt: number },
): Promise<readonly LiveShareRow[]> {
  const open = tables(tx).selectFrom('live_share').selectAll().where('ended_at', 'is', null)
  if ('share' in which) {
    return open.where('share', '=', which.share).forUpdate().execute()
  }
  return 'live' in which
    ? open.where('id', '=', which.live).forUpdate().execute()
    : open.where('until_at', '<=', which.dueAt).forUpdate().execute()
}

export async function endLiveShare(
  tx: Db,
  id: string,
  end: { readonly at: number; readonly reason: LiveShareRow['end_reason'] },
): Promise<void> {
  await tables(tx)
    .updateTable('live_share')
    .set({ ended_at: end.at, end_reason: end.reason })
    .where('id', '=', id)
    .execute()
}
