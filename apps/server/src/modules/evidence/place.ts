/** Where a recording began: its upload may arrive before the positions of the device do. */
import { sql } from 'kysely'
import { systemActor } from '../../kernel/actor.ts'
import type { EvidenceDeps } from './deps.ts'
import { changeRecording } from './store.ts'
import type { RecordingRow } from './tables.ts'

const lookBackMs = 30_000
const lookAheadMs = 120_000
const triedForMs = 3_600_000

/** Fills the starting point, and the quadrant it lies in, of recordings that arrived within the last hour. */
export async function placeRecordings(deps: EvidenceDeps): Promise<void> {
  const now = deps.clock.nowMs()
  const found = await sql<RecordingRow>`select * from recording
    where longitude is null and shape = 'segments' and covered_at is null and received_at > ${now - triedForMs}::bigint
    order by received_at desc limit 200`.execute(deps.database.db)
  for (const row of found.rows) {
    const { municipality, device, started_at: start } = row
    const track = await deps.tracks.track(deps.database.db, device, start - lookBackMs, start + lookAheadMs)
    const point = track.find((candidate) => !candidate.implausible)
    if (point === undefined) {
      continue
    }
    const quadrant = await deps.territory.quadrantAt(municipality, point.longitude, point.latitude)
    const scope = { municipality, actor: systemActor(municipality) }
    await changeRecording(deps.database.db, scope, row.id, {
      longitude: point.longitude,
      latitude: point.latitude,
      ...(quadrant === null ? {} : { quadrant: quadrant.id, quadrant_code: quadrant.code }),
    })
  }
}
