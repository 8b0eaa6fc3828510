/**
 * The task in hand: purpose and reference of the last look, remembered in its session so that they are offered first at
 * the next one. It decides nothing: each look states its purpose, is decided and is an entry as before.
 *
 * It ends when nothing was looked at for half an hour, four hours after it began, when its case is not open any more,
 * when it is put down, and with the session. Remembering is in the transaction of the look, so that a look that failed
 * begins no task.
 */
import type { Purpose } from '@sereno/contracts'
import { sql } from 'kysely'
import { type Actor, type Scope, scopeOf } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import type { IdentityDeps, TaskWish } from './door.ts'

const minuteMs = 60_000
export const taskIdleMs: number = 30 * minuteMs
export const taskLongestMs: number = 4 * 60 * minuteMs

export type Task = {
  readonly purpose: Purpose
  readonly reference: string | null
  readonly sinceAt: number
  /** When it is forgotten, if nothing is looked at meanwhile. */
  readonly endsAt: number
}
export type Tasks = ReturnType<typeof createTasks>

type Row = {
  readonly purpose: Purpose
  readonly reference: string | null
  readonly since_at: number
  readonly used_at: number
}

export function createTasks({ database, clock, isOpenCase }: Pick<IdentityDeps, 'database' | 'clock' | 'isOpenCase'>) {
  const remember = (tx: Db, actor: Actor, wish: TaskWish): Promise<void> => rememberAll(tx, [{ actor, wish }])

  /** Of looks that are opened together: the last one of each session stays. */
  async function rememberAll(
    tx: Db,
    opened: readonly { readonly actor: Actor; readonly wish: TaskWish }[],
  ): Promise<void> {
    const nowMs = clock.nowMs()
    const rows = new Map(
      opened
        // An SOS explains itself and interrupts a task; what an outside account does is for its one case.
        .filter(({ actor, wish }) => actor.session !== null && actor.bound === undefined && wish.purpose !== 'sos')
        .map(({ actor: { session, municipality, id }, wish: { purpose, reference } }) => {
          const given = reference?.trim() ?? ''
          return [session, { session, municipality, account: id, purpose, reference: given === '' ? null : given }]
        }),
    )
    if (rows.size === 0) {
      return
    }
    await sql`
      insert into task (session, municipality, account, purpose, reference, since_at, used_at)
      select session, municipality, account, purpose, reference, ${nowMs}::bigint, ${nowMs}::bigint
      from json_populate_recordset(null::task, ${JSON.stringify([...rows.values()])}::text::json)
      order by session
      on conflict (session) do update set purpose = excluded.purpose, reference = excluded.reference,
        used_at = excluded.used_at,
        since_at = case when task.purpose = excluded.purpose and task.reference is not distinct from excluded.reference
          and task.used_at > ${nowMs - taskIdleMs} and task.since_at > ${nowMs - taskLongestMs}
          then task.since_at else excluded.since_at end`.execute(tx)
  }

  async function current(actor: Actor): Promise<Task | null> {
    if (actor.session === null) {
      return null
    }
    const { rows } = await sql<Row>`select purpose, reference, since_at, used_at from task
      where session = ${actor.session} and account = ${actor.id}`.execute(database.db)
    const row = rows[0]
    if (row === undefined) {
      return null
    }
    const endsAt = Math.min(row.used_at + taskIdleMs, row.since_at + taskLongestMs)
    const isOver = clock.nowMs() >= endsAt || !(await isCaseStillOpen(scopeOf(actor), row))
    return isOver ? null : { purpose: row.purpose, reference: row.reference, sinceAt: row.since_at, endsAt }
  }

  async function isCaseStillOpen(scope: Scope, { purpose, reference }: Row): Promise<boolean> {
    return purpose !== 'case' || (reference !== null && ((await isOpenCase?.(scope, reference)) ?? false))
  }

  async function putDown(actor: Actor): Promise<void> {
    if (actor.session !== null) {
      await sql`delete from task where session = ${actor.session}`.execute(database.db)
    }
  }

  async function forget(): Promise<void> {
    const nowMs = clock.nowMs()
    await sql`delete from task where used_at <= ${nowMs - taskIdleMs} or since_at <= ${nowMs - taskLongestMs}
      or session in (select id from session where ended_at is not null)`.execute(database.db)
  }

  return { remember, rememberAll, current, putDown, forget }
}
