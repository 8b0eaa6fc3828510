import { sql } from 'kysely'
import type { Checker } from '../../kernel/checker.ts'
import type { IncidentsDeps } from './door.ts'
import { systemScope } from './sos.ts'

type Row = {
  readonly municipality: string
  readonly id: string
  readonly number: number
  readonly entry: string
  readonly acknowledged_at: number | null
  readonly closed_at: number | null
}

/** Numbers without holes, and an entry in the ledger for each thing that was done with an alarm. */
export function checkIncidents(deps: Pick<IncidentsDeps, 'database' | 'ledger'>): Checker {
  return {
    name: 'incidents',
    async run(report) {
      const { db } = deps.database
      const alarms = await sql<Row>`select municipality, id, number, entry, acknowledged_at, closed_at from alarm
        order by municipality, number`.execute(db)
      const expected = new Map<string, number>()
      for (const alarm of alarms.rows) {
        const number = (expected.get(alarm.municipality) ?? 0) + 1
        expected.set(alarm.municipality, alarm.number)
        if (alarm.number !== number) {
          report({ code: 'incidents.number-missing', detail: `${number} before ${alarm.number}` })
        }
        const entries = await deps.ledger.entriesOf(systemScope(alarm.municipality), `alarm:${alarm.id}`)
        const kinds = entries.map(({ kind }) => kind)
        if (!entries.some(({ id }) => id === alarm.entry)) {
          report({ code: 'incidents.entry-missing', detail: `alarm ${alarm.number}` })
        }
        if (alarm.acknowledged_at !== null && !kinds.includes('alarm.acknowledged')) {
          report({ code: 'incidents.acknowledgement-unrecorded', detail: `alarm ${alarm.number}` })
        }
        if (alarm.closed_at !== null && !kinds.includes('alarm.closed')) {
          report({ code: 'incidents.closing-unrecorded', detail: `alarm ${alarm.number}` })
        }
      }
      return { examined: alarms.rows.length }
    },
  }
}
