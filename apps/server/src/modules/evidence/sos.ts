/** A recording made under an SOS is marked as one, so that it is found and kept as one. */
import { sql } from 'kysely'
import type { EvidenceDeps } from './deps.ts'

/** An SOS marks the recording under way, and one that begins this soon after: the press starts it. */
const nearMs = 2 * 60_000

export type Sos = {
  /** Whether the device called for help shortly before this instant (server time, epoch ms). */
  readonly nearOf: (device: string, nowMs: number) => boolean
}

export function createSos(deps: Pick<EvidenceDeps, 'events' | 'clock'>): Sos {
  const raised = new Map<string, number>()
  deps.events.on('alarm.raised', 'evidence.sos', async (alarm, { municipality, db }) => {
    if (alarm.kind !== 'sos' || alarm.device === null || alarm.device === undefined) {
      return
    }
    const now = deps.clock.nowMs()
    if (raised.size >= 10_000) {
      raised.clear()
    }
    raised.set(alarm.device, now)
    await sql`update recording set sos = true where municipality = ${municipality}::uuid
      and device = ${alarm.device}::uuid and state = 'receiving' and received_at > ${now - nearMs}::bigint`.execute(db)
  })
  return { nearOf: (device, nowMs) => nowMs - (raised.get(device) ?? Number.NEGATIVE_INFINITY) < nearMs }
}
