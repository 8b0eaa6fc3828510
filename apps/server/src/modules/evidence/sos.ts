/** A recording made under an SOS is marked as one, so that it is found and kept as one. */
import { sql } from 'kysely'
import type { EvidenceDeps } from './door.ts'

/** The officer may press SOS a little before the recording's first upload, or in its middle. */
const nearMs = 5 * 60_000

export function markSos(deps: Pick<EvidenceDeps, 'events' | 'clock'>): void {
  deps.events.on('alarm.raised', 'evidence.sos', async (alarm, { municipality, db }) => {
    if (alarm.kind === 'sos' && alarm.device !== null && alarm.device !== undefined) {
      await sql`update recording set sos = true where municipality = ${municipality}::uuid
        and device = ${alarm.device}::uuid and state = 'receiving'
        and ended_at > ${deps.clock.nowMs() - nearMs}::bigint`.execute(db)
    }
  })
}
