import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import type { Counts } from './relay.ts'
import type { CloseReason, WatchRow } from './watch.ts'

export type LiveTables = {
  readonly watch: {
    readonly municipality: string
    readonly id: string
    readonly device: string
    readonly account: string
    readonly account_name: string
    readonly account_role: string
    readonly session: string | null
    readonly purpose: string
    readonly reference: string | null
    readonly policy: string
    readonly entry: string
    readonly opened_at: number
    readonly closed_at: number | null
    readonly close_reason: string | null
    readonly closing_entry: string | null
    readonly frames_sent: number | null
    readonly frames_dropped: number | null
  }
  readonly sos_call: {
    readonly municipality: string
    readonly alarm: string
    readonly device: string
    readonly raised_at: number
  }
}

const tables = (db: Db) => db.$extendTables<LiveTables>()

/** The stored watch, in the transaction of its ledger entry. The scope's municipality is the one written. */
export async function insertWatch(db: Db, scope: Scope, watch: WatchRow): Promise<void> {
  await tables(db)
    .insertInto('watch')
    .values({
      municipality: scope.municipality,
      id: watch.id,
      device: watch.device,
      account: watch.account,
      account_name: watch.accountName,
      account_role: watch.accountRole,
      session: watch.session,
      purpose: watch.purpose,
      reference: watch.reference,
      policy: watch.policy,
      entry: watch.entry,
      opened_at: watch.openedAt,
      closed_at: null,
      close_reason: null,
      closing_entry: null,
      frames_sent: null,
      frames_dropped: null,
    })
    .execute()
}

/** Locks an open watch for closing; false when it is closed already, so that a second closing does nothing. */
export async function lockOpenWatch(db: Db, scope: Scope, id: string): Promise<boolean> {
  const row = await tables(db)
    .selectFrom('watch')
    .select('id')
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
    .where('closed_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  return row !== undefined
}

/** @param counts null when the server died meanwhile and nobody can know. */
export async function closeWatchRow(
  db: Db,
  scope: Scope,
  id: string,
  closing: {
    readonly at: number
    readonly reason: CloseReason
    readonly entry: string
    readonly counts: Counts | null
  },
): Promise<void> {
  await tables(db)
    .updateTable('watch')
    .set({
      closed_at: closing.at,
      close_reason: closing.reason,
      closing_entry: closing.entry,
      frames_sent: closing.counts?.sent ?? null,
      frames_dropped: closing.counts?.dropped ?? null,
    })
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
    .execute()
}

/** Watches left open by a process that ended without closing them; of all municipalities, for the start. */
export async function watchesLeftOpen(
  db: Db,
): Promise<readonly { municipality: string; id: string; device: string; account: string; entry: string }[]> {
  return tables(db)
    .selectFrom('watch')
    .select(['municipality', 'id', 'device', 'account', 'entry'])
    .where('closed_at', 'is', null)
    .execute()
}

/** Every watch after `after` in order of id, for the checker. */
export async function watchesAfter(db: Db, after: string, limit: number) {
  return tables(db)
    .selectFrom('watch')
    .select(['municipality', 'id', 'device', 'entry', 'closed_at', 'closing_entry', 'frames_sent', 'opened_at'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** Idempotent: the event may be delivered twice. */
export async function insertSosCall(db: Db, scope: Scope, alarm: string, device: string, at: number): Promise<void> {
  await tables(db)
    .insertInto('sos_call')
    .values({ municipality: scope.municipality, alarm, device, raised_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** The device whose alarm it was, or null when it was no SOS or is gone already. */
export async function deleteSosCall(db: Db, scope: Scope, alarm: string): Promise<string | null> {
  const row = await tables(db)
    .deleteFrom('sos_call')
    .where('municipality', '=', scope.municipality)
    .where('alarm', '=', alarm)
    .returning('device')
    .executeTakeFirst()
  return row?.device ?? null
}

export async function sosCalls(db: Db): Promise<readonly { municipality: string; alarm: string; device: string }[]> {
  return tables(db).selectFrom('sos_call').select(['municipality', 'alarm', 'device']).execute()
}
