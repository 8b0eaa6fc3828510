/**
 * Required and found: what the rules say must have been recorded, against the recordings there are. A demand is written
 * in the transaction of the event that causes it; it is judged once phones had time to deliver, and what is not found is
 * an exception that the officer's supervisor explains. Found later, it closes by itself.
 */
import { sql } from 'kysely'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { CompletenessDeps, CompletenessSettings } from './door.ts'
import type { Explanation } from './gaps.ts'
import { requirements } from './requirements.ts'
import type { DemandRow } from './tables.ts'

type Demand = Pick<DemandRow, 'rule' | 'subject' | 'device' | 'from_at' | 'to_at'>

export function listenForDemands(deps: CompletenessDeps, settings: CompletenessSettings): void {
  async function demand(db: Db, municipality: string, wanted: Demand): Promise<void> {
    const scope = { municipality, actor: systemActor(municipality) }
    const device = await deps.fleet.device(scope, wanted.device)
    const issue = await deps.fleet.issueAt(db, wanted.device, wanted.from_at)
    if (device === null) {
      return
    }
    await sql`insert into footage_demand (municipality, id, rule, subject, device, device_code, officer_code, from_at,
        to_at, judge_at, state)
      values (${municipality}::uuid, ${deps.ids.uuid()}::uuid, ${wanted.rule}, ${wanted.subject}::uuid,
        ${wanted.device}::uuid, ${device.code}, ${issue?.officer.code ?? null}, ${wanted.from_at}::bigint,
        ${wanted.to_at}::bigint, ${wanted.to_at + settings.graceMs}::bigint, 'waiting')
      on conflict (municipality, rule, subject) do nothing`.execute(db)
  }

  deps.events.on('alarm.raised', 'completeness.demand', async ({ alarm, kind, device }, { municipality, db }) => {
    if (kind === 'sos' && typeof device === 'string') {
      const at = deps.clock.nowMs()
      const { beforeMs, afterMs } = requirements.sos
      await demand(db, municipality, {
        rule: 'sos',
        subject: alarm,
        device,
        from_at: at - beforeMs,
        to_at: at + afterMs,
      })
    }
  })
  deps.events.on('device.returned', 'completeness.demand', async ({ shift: id }, { municipality, db }) => {
    const shift = await deps.fleet.shift(db, { municipality, actor: systemActor(municipality) }, id)
    const from = shift?.startedAt ?? null
    const to = shift?.returnedAt ?? deps.clock.nowMs()
    if (shift !== null && from !== null && to - from >= requirements.shift.longerThanMs) {
      await demand(db, municipality, { rule: 'shift', subject: id, device: shift.device, from_at: from, to_at: to })
    }
  })
}

/** Judges what is due, and closes exceptions whose recording came after all. */
export async function judgeDemands(deps: CompletenessDeps, scope: Scope): Promise<void> {
  const now = deps.clock.nowMs()
  const { municipality } = scope
  const due = await sql<DemandRow>`select * from footage_demand where municipality = ${municipality}::uuid
    and (state = 'open' or (state = 'waiting' and judge_at <= ${now}::bigint)) order by judge_at limit 500`.execute(
    deps.database.db,
  )
  for (const row of due.rows) {
    await deps.database.transaction(async (tx) => {
      const found = await deps.evidence.sequences.recorded(tx, scope, row.device, row.from_at, row.to_at)
      if (!found && row.state === 'open') {
        return
      }
      if (!found) {
        await deps.ledger.append(tx, {
          municipality,
          kind: 'footage.missing',
          coarse: 'custody',
          subjects: [`device:${row.device}`],
          actor: scope.actor,
          fields: { demand: row.id, rule: row.rule, from: String(row.from_at), to: String(row.to_at) },
        })
      }
      await sql`update footage_demand set state = ${found ? 'found' : 'open'} where municipality = ${municipality}::uuid
        and id = ${row.id}::uuid and state = ${row.state}`.execute(tx)
    })
  }
}

export async function openDemands(db: Db, { municipality }: Scope): Promise<readonly DemandRow[]> {
  const found = await sql<DemandRow>`select * from footage_demand where municipality = ${municipality}::uuid
    and state in ('open', 'explained') order by (state = 'open') desc, from_at desc limit 500`.execute(db)
  return found.rows
}

export async function explainDemand(
  deps: CompletenessDeps,
  scope: Scope,
  id: string,
  { cause, words }: Explanation,
): Promise<DemandRow> {
  const { policy } = deps.identity.require(scope.actor, 'completeness.explain', { type: 'Demand', id, attributes: {} })
  const { municipality } = scope
  return deps.database.transaction(async (tx) => {
    const locked = await sql<DemandRow>`select * from footage_demand where municipality = ${municipality}::uuid
      and id = ${id}::uuid for update`.execute(tx)
    const row = locked.rows[0]
    if (row === undefined) {
      throw new Refusal('completeness.not-found')
    }
    if (row.state !== 'open') {
      throw new Refusal('completeness.already-decided')
    }
    const entry = await deps.ledger.append(tx, {
      municipality,
      kind: 'footage.explained',
      coarse: 'custody',
      subjects: [`device:${row.device}`],
      actor: scope.actor,
      policy,
      fields: { demand: id, rule: row.rule, cause, words },
    })
    const changed = await sql<DemandRow>`update footage_demand set state = 'explained', cause = ${cause},
        words = ${words}, explained_by = ${scope.actor.name}, explained_at = ${deps.clock.nowMs()}::bigint,
        explained_entry = ${entry.id}::uuid
      where municipality = ${municipality}::uuid and id = ${id}::uuid returning *`.execute(tx)
    return changed.rows[0] ?? row
  })
}
