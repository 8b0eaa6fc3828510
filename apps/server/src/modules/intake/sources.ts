/** Cameras and people as other systems name them, and which of ours they are. */
import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { IntakeDeps } from './door.ts'
import type { IntakeTables, SourceRow } from './tables.ts'

export type Seen = Pick<SourceRow, 'kind' | 'system' | 'key' | 'name'> & {
  readonly model?: string | null
  readonly active?: boolean
}

/** Remembers a camera or a person; what it is matched with stays. */
export async function noteSource(
  deps: Pick<IntakeDeps, 'ids' | 'clock'>,
  tx: Db,
  scope: Scope,
  seen: Seen,
): Promise<SourceRow> {
  const now = deps.clock.nowMs()
  const found = await sql<SourceRow>`insert into intake_source
      (municipality, id, kind, system, key, name, model, active, state, seen_at)
    values (${scope.municipality}::uuid, ${deps.ids.uuid()}::uuid, ${seen.kind}, ${seen.system}, ${seen.key}, ${seen.name},
      ${seen.model ?? null}, ${seen.active ?? true}, 'unmatched', ${now}::bigint)
    on conflict (municipality, kind, system, key) do update set seen_at = ${now}::bigint,
      name = case when excluded.name = '' then intake_source.name else excluded.name end,
      model = coalesce(excluded.model, intake_source.model), active = excluded.active
    returning *`.execute(tx)
  const row = found.rows[0]
  if (row === undefined) {
    throw new Error('a source was neither added nor found')
  }
  return row
}

/** Whether the other system ever registered it. */
export async function isRegistered(
  db: Db,
  scope: Scope,
  seen: Pick<Seen, 'kind' | 'system' | 'key'>,
): Promise<boolean> {
  const found = await sql`select 1 from intake_source where municipality = ${scope.municipality}::uuid
    and kind = ${seen.kind} and system = ${seen.system} and key = ${seen.key}`.execute(db)
  return found.rows.length > 0
}

export async function linkSource(tx: Db, scope: Scope, source: string, recording: string): Promise<void> {
  await sql`insert into intake_source_recording (municipality, source, recording)
    values (${scope.municipality}::uuid, ${source}::uuid, ${recording}::uuid) on conflict do nothing`.execute(tx)
}

export type SourceLine = SourceRow & { readonly recordings: number }

export async function sourcesOf(db: Db, scope: Scope): Promise<readonly SourceLine[]> {
  const found = await sql<SourceLine>`select s.*, (select count(*) from intake_source_recording r
      where r.municipality = s.municipality and r.source = s.id) as recordings
    from intake_source s where s.municipality = ${scope.municipality}::uuid
    order by (s.state = 'unmatched') desc, s.seen_at desc limit 500`.execute(db)
  return found.rows
}

export async function needSource(tx: Db, scope: Scope, id: string): Promise<SourceRow> {
  const row = await tx
    .$extendTables<IntakeTables>()
    .selectFrom('intake_source')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) {
    throw new Refusal('intake.not-found')
  }
  return row
}

/**
 * Says which of ours it is. One transaction: an entry, the source, and each recording it had a part in, with an entry of
 * its own. A crash before the commit leaves nothing of it.
 */
export async function matchSource(
  deps: IntakeDeps,
  scope: Scope,
  id: string,
  wish: { readonly device?: string | undefined; readonly officer?: string | undefined },
): Promise<void> {
  const device = wish.device === undefined ? null : await deps.fleet.device(scope, wish.device)
  const officer = wish.officer === undefined ? null : await deps.fleet.officer(scope, wish.officer)
  if (wish.device !== undefined && device === null) {
    throw new Refusal('device.not-found')
  }
  if (wish.officer !== undefined && officer === null) {
    throw new Refusal('officer.not-found')
  }
  await deps.database.transaction(async (tx) => {
    const source = await needSource(tx, scope, id)
    if ((source.kind === 'camera' ? device : officer) === null) {
      throw new Refusal('request.invalid', { where: 'body', message: 'a camera needs a device, a user an officer' })
    }
    await enter(deps, tx, scope, source, 'intake.source-matched', {
      device: device?.code ?? '',
      officer: officer?.code ?? '',
    })
    await tx
      .$extendTables<IntakeTables>()
      .updateTable('intake_source')
      .set({
        state: 'matched',
        device: device?.id ?? null,
        officer: officer?.id ?? null,
        matched_at: deps.clock.nowMs(),
        matched_by: scope.actor.name,
      })
      .where('municipality', '=', scope.municipality)
      .where('id', '=', id)
      .execute()
    const recordings = await sql<{ recording: string }>`select recording from intake_source_recording
      where municipality = ${scope.municipality}::uuid and source = ${id}::uuid order by recording`.execute(tx)
    for (const { recording } of recordings.rows) {
      await deps.evidence.files.attribute(tx, scope, recording, {
        device: source.kind === 'camera' ? device : null,
        officer: source.kind === 'user' ? officer : null,
      })
    }
  })
}

export async function ignoreSource(deps: IntakeDeps, scope: Scope, id: string): Promise<void> {
  await deps.database.transaction(async (tx) => {
    const source = await needSource(tx, scope, id)
    await enter(deps, tx, scope, source, 'intake.source-ignored', {})
    await tx
      .$extendTables<IntakeTables>()
      .updateTable('intake_source')
      .set({
        state: 'ignored',
        device: null,
        officer: null,
        matched_at: deps.clock.nowMs(),
        matched_by: scope.actor.name,
      })
      .where('municipality', '=', scope.municipality)
      .where('id', '=', id)
      .execute()
  })
}

async function enter(
  deps: IntakeDeps,
  tx: Db,
  scope: Scope,
  source: SourceRow,
  kind: string,
  fields: Readonly<Record<string, string>>,
): Promise<void> {
  await deps.ledger.append(tx, {
    municipality: scope.municipality,
    kind,
    coarse: 'custody',
    subjects: [`source:${source.id}`],
    actor: scope.actor,
    fields: { sourceKind: source.kind, system: source.system, key: source.key, name: source.name, ...fields },
  })
}
