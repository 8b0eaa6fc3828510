/** Reads the statements of a recording as they were kept, page by page. */
import { openStatement } from '@sereno/proof'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import type { Arrived } from './assembly.ts'
import { wholeStatements } from './store.ts'
import type { StatementRow } from './tables.ts'

const pageSize = 500

/** Every statement with what its envelope says, by sequence and version. Throws when a kept one does not open. */
export async function readArrived(db: Db, scope: Scope, recording: string): Promise<readonly Arrived[]> {
  const arrived: Arrived[] = []
  let last = { sequence: -1, version: -1 }
  for (let from = 0; ; ) {
    const page = await wholeStatements(db, scope, recording, from, pageSize)
    for (const row of page) {
      if (row.sequence > last.sequence || row.version > last.version) {
        arrived.push(arrivedOf(row))
        last = { sequence: row.sequence, version: row.version }
      }
    }
    if (page.length < pageSize) {
      return arrived
    }
    // The last sequence again, since its other versions may lie on the next page; a page full of one goes on.
    from = page[0]?.sequence === last.sequence ? last.sequence + 1 : last.sequence
  }
}

function arrivedOf(row: StatementRow): Arrived {
  const opened = openStatement(Buffer.from(row.envelope, 'latin1'))
  if (!opened.ok) {
    throw new Error(`a kept statement does not open: ${row.recording} ${row.sequence} ${opened.code}`)
  }
  return {
    known: { hash: row.statement_sha256, statement: opened.value.statement },
    version: row.version,
    quarantined: row.quarantine !== null,
    late: row.supplement !== null,
    receivedAt: row.received_at,
  }
}
