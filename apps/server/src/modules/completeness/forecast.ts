/** How long the storage lasts at the rate of the last two weeks. */
import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { CompletenessDeps } from './door.ts'

const dayMs = 86_400_000
const windowDays = 14

/** Whole days until `roomBytes` are used up; null at a rate of nothing. */
export function daysLeft(roomBytes: number, bytesPerDay: number): number | null {
  return bytesPerDay <= 0 ? null : Math.floor(Math.max(0, roomBytes) / bytesPerDay)
}

/** Bytes a day over the window, or over the time since the first byte when that is shorter (a day at least). */
export function rateOf(freshBytes: number, firstAt: number | null, nowMs: number): number {
  const days = firstAt === null ? windowDays : Math.min(windowDays, Math.max(1, (nowMs - firstAt) / dayMs))
  return Math.round(freshBytes / days)
}

export async function forecast(deps: CompletenessDeps, scope: Scope) {
  const nowMs = deps.clock.nowMs()
  const { storedBytes, freshBytes, firstAt } = await deps.evidence.sequences.volume(scope, nowMs - windowDays * dayMs)
  const space = deps.disk.space()
  // A bucket grows by itself: only a quota says when it is full.
  const freeBytes = deps.storage.kind === 's3' ? null : space.freeBytes
  const quota = await sql<{ bytes: number | null }>`select bytes from storage_quota
    where municipality = ${scope.municipality}::uuid`.execute(deps.database.db)
  const quotaBytes = quota.rows[0]?.bytes ?? null
  const bytesPerDay = rateOf(freshBytes, firstAt, nowMs)
  const rooms = [freeBytes, quotaBytes === null ? null : quotaBytes - storedBytes].filter((room) => room !== null)
  const fullInDays = rooms.length === 0 ? null : daysLeft(Math.min(...rooms), bytesPerDay)
  return { storedBytes, freeBytes, quotaBytes, bytesPerDay, fullInDays, measuredAt: space.at }
}

export async function setQuota(deps: CompletenessDeps, scope: Scope, bytes: number | null): Promise<void> {
  const { policy } = deps.identity.require(scope.actor, 'purchase.write', {
    type: 'Quota',
    id: 'quota',
    attributes: {},
  })
  await deps.database.transaction(async (tx) => {
    const entry = await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind: 'storage.quota-changed',
      coarse: 'installation',
      subjects: [],
      actor: scope.actor,
      policy,
      fields: { bytes: bytes === null ? '' : String(bytes) },
    })
    await sql`insert into storage_quota (municipality, bytes, entry)
      values (${scope.municipality}::uuid, ${bytes}::bigint, ${entry.id}::uuid)
      on conflict (municipality) do update set bytes = excluded.bytes, entry = excluded.entry`.execute(tx)
  })
}
