/**
 * The fork alarm (design §4): a statement names the newest checkpoint its device had seen. One that our log does not
 * contain means that the device was shown another log than everybody else, or that ours was replaced. The statement is
 * kept all the same: it is the evidence of it.
 */
import type { SeenCheckpoint } from '@sereno/proof'
import { sql } from 'kysely'
import type { Finding } from '../../kernel/checker.ts'
import type { Db } from '../../kernel/database.ts'
import type { EvidenceDeps } from './deps.ts'
import { deviceActor } from './duty.ts'
import type { KeptRecording } from './keep.ts'

/** Answers the checkpoint when it is another log's, else null. Asks the log once for each checkpoint, never per segment. */
export type OtherLog = (checkpoint: SeenCheckpoint | null) => Promise<SeenCheckpoint | null>

const mostRemembered = 10_000
/** A stolen key could name a new tree in each statement; more entries than these would say nothing more. */
const mostEntriesOfDevice = 100

export function createOtherLog(deps: Pick<EvidenceDeps, 'ledger'>): OtherLog {
  const held = new Set<string>()
  return async (checkpoint) => {
    if (checkpoint === null || held.has(`${checkpoint.size} ${checkpoint.root}`)) {
      return null
    }
    if (!(await deps.ledger.holds(checkpoint))) {
      return checkpoint
    }
    if (held.size >= mostRemembered) {
      held.clear()
    }
    held.add(`${checkpoint.size} ${checkpoint.root}`)
    return null
  }
}

/** In the transaction that keeps the statements: one row and one entry for each device and checkpoint. */
export async function tellOtherLogs(
  deps: Pick<EvidenceDeps, 'ledger'>,
  tx: Db,
  recordings: readonly KeptRecording[],
): Promise<void> {
  for (const { after, added } of recordings) {
    for (const { incoming } of added) {
      if (incoming.otherLog !== null && (await isNews(tx, incoming.otherLog, incoming.row, after.device))) {
        await deps.ledger.append(tx, {
          municipality: after.municipality,
          kind: 'device.saw-another-log',
          coarse: 'device',
          subjects: [`device:${after.device}`, `recording:${after.id}`],
          actor: deviceActor(after.municipality, after.device, after.device_code),
          fields: {
            size: String(incoming.otherLog.size),
            root: incoming.otherLog.root,
            statement: incoming.row.statement_sha256,
          },
        })
      }
    }
  }
}

async function isNews(
  tx: Db,
  { size, root }: SeenCheckpoint,
  row: KeptRecording['added'][number]['incoming']['row'],
  device: string,
): Promise<boolean> {
  const made = await sql`
    insert into other_log (municipality, device, size, root, recording, statement_sha256, seen_at)
    select ${row.municipality}::uuid, ${device}::uuid, ${size}::bigint, ${root}, ${row.recording}::uuid,
      ${row.statement_sha256}, ${row.received_at}::bigint
    where (select count(*) from other_log where municipality = ${row.municipality}::uuid
      and device = ${device}::uuid) < ${mostEntriesOfDevice}
    on conflict do nothing returning 1`.execute(tx)
  return made.rows.length > 0
}

/** For `sereno check`: every checkpoint that a device has seen and our log does not contain. */
export async function checkOtherLogs(
  deps: Pick<EvidenceDeps, 'ledger'>,
  db: Db,
  report: (finding: Finding) => void,
): Promise<number> {
  const found = await sql<SeenCheckpoint & { readonly device: string; readonly recording: string }>`
    select device, recording, size, root from other_log order by municipality, device, size, root`.execute(db)
  for (const { device, recording, size, root } of found.rows) {
    // After leaves were taken back from the mirror, what looked like another log may turn out to be ours.
    if (!(await deps.ledger.holds({ size, root }))) {
      report({ code: 'evidence.other-log', detail: `${device} ${recording} ${size} ${root}` })
    }
  }
  return found.rows.length
}
