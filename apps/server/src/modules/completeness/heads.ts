/**
 * Daily heads: once each local day the highest counter of every device that moved enters the ledger, and one entry over
 * all of them, so that an export can leave out neither a device nor a day. Everything up to that counter must be
 * somewhere from then on. One transaction for all; a crash before its commit leaves none, and the next run enters them.
 */
import { allHeadsDigest } from '@sereno/proof'
import { isoDate } from '@sereno/text'
import { sql } from 'kysely'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import type { CompletenessDeps } from './door.ts'
import type { HeadRow } from './tables.ts'

export const dayOf = (deps: Pick<CompletenessDeps, 'identity'>, atMs: number): string =>
  isoDate(atMs, deps.identity.municipality()?.timeZone ?? 'America/Lima')

/** The newest head of each device, in order of device. */
export async function newestHeads(db: Db, { municipality }: Scope): Promise<readonly HeadRow[]> {
  const found = await sql<HeadRow>`select distinct on (device) device, day, counter, head, entry from device_head
    where municipality = ${municipality}::uuid order by device, day desc`.execute(db)
  return found.rows
}

export async function enterHeads(deps: CompletenessDeps, municipality: string): Promise<void> {
  const scope = { municipality, actor: systemActor(municipality) }
  const { db } = deps.database
  const day = dayOf(deps, deps.clock.nowMs())
  const known = new Map((await newestHeads(db, scope)).map((row) => [row.device, row]))
  const moved: { id: string; code: string; counter: number; head: string }[] = []
  for (const { id, code } of await deps.fleet.devices(scope)) {
    const before = known.get(id)
    const { lastCounter, lastHead } = await deps.fleet.self(id)
    const grew = lastCounter !== null && lastHead !== null && lastCounter > (before?.counter ?? -1)
    if (grew && before?.day !== day) {
      moved.push({ id, code, counter: lastCounter, head: lastHead })
    }
  }
  const today = await sql`select 1 from heads_day where municipality = ${municipality}::uuid and day = ${day}`.execute(
    db,
  )
  // A day on which nothing moved has its entry too: an export without one hides something.
  if (moved.length === 0 && today.rows.length > 0) {
    return
  }
  await deps.database.transaction(async (tx) => {
    for (const { id, code, counter, head } of moved) {
      const entry = await deps.ledger.append(tx, {
        municipality,
        kind: 'device.head',
        coarse: 'heads',
        subjects: [`device:${id}`],
        actor: scope.actor,
        fields: { device: id, deviceCode: code, day, counter: String(counter), head },
      })
      await sql`insert into device_head (municipality, device, day, counter, head, entry)
        values (${municipality}::uuid, ${id}::uuid, ${day}, ${counter}::bigint, ${head}, ${entry.id}::uuid)`.execute(tx)
    }
    const all = await newestHeads(tx, scope)
    const digest = await allHeadsDigest(all)
    const entry = await deps.ledger.append(tx, {
      municipality,
      kind: 'device.heads',
      coarse: 'heads',
      subjects: [],
      actor: scope.actor,
      fields: { day, devices: String(all.length), digest },
    })
    await sql`insert into heads_day (municipality, day, digest, devices, entry)
      values (${municipality}::uuid, ${day}, ${digest}, ${all.length}, ${entry.id}::uuid)
      on conflict (municipality, day) do update set digest = excluded.digest, devices = excluded.devices,
        entry = excluded.entry`.execute(tx)
  })
}
