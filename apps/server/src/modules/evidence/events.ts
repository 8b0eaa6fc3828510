/** What a batch of kept statements means to others: ledger entries and events, in the batch's own transaction. */
import type { Db } from '../../kernel/database.ts'
import type { EvidenceDeps } from './deps.ts'
import { deviceActor } from './duty.ts'
import { contradictsStop, type Quarantine } from './evidence.ts'
import type { Added, KeptRecording } from './keep.ts'
import { tellOtherLogs } from './other-log.ts'
import type { RecordingRow } from './tables.ts'

type Told = Pick<EvidenceDeps, 'ledger' | 'events' | 'fleet'>

export async function tell(deps: Told, tx: Db, recordings: readonly KeptRecording[]): Promise<void> {
  for (const kept of recordings) {
    if (kept.isNew) {
      await tellStarted(deps, tx, kept.after)
    }
    for (const added of kept.added) {
      await tellAdded(deps, tx, kept, added)
    }
    await tellQuarantine(deps, tx, kept)
  }
  await tellOtherLogs(deps, tx, recordings)
  await noteHeads(deps, tx, recordings)
}

async function tellStarted(deps: Told, tx: Db, recording: RecordingRow): Promise<void> {
  const { municipality, id, device, officer } = recording
  const subjects = [`recording:${id}`, `device:${device}`, ...(officer === null ? [] : [`person:${officer}`])]
  await deps.ledger.append(tx, {
    municipality,
    kind: 'recording.started',
    coarse: 'recording',
    subjects,
    actor: deviceActor(municipality, device, recording.device_code),
    fields: {
      startedAt: String(recording.started_at),
      officer: recording.officer_code ?? '',
      simulated: String(recording.simulated),
    },
  })
  await deps.events.publish(tx, 'recording.started', municipality, { recording: id, device, officer })
}

async function tellAdded(deps: Told, tx: Db, kept: KeptRecording, { incoming, quarantine }: Added): Promise<void> {
  const { municipality, id, device } = kept.after
  const { row } = incoming
  const reason = row.reason ?? 'unknown'
  if (row.kind === 'gap' && quarantine !== 'equivocation') {
    await deps.events.publish(tx, 'recording.gap', municipality, {
      recording: id,
      device,
      sequence: row.sequence,
      reason,
    })
  }
  if (row.kind === 'stop' && quarantine !== 'equivocation') {
    await deps.ledger.append(tx, {
      municipality,
      kind: 'recording.stopped',
      coarse: 'recording',
      subjects: [`recording:${id}`, `device:${device}`],
      actor: deviceActor(municipality, device, kept.after.device_code),
      fields: { reason, count: String(row.sequence), head: row.statement_sha256 },
    })
    await deps.events.publish(tx, 'recording.stopped', municipality, { recording: id, device, reason })
  }
  if (quarantine === 'equivocation') {
    await deps.ledger.append(tx, {
      municipality,
      kind: 'recording.equivocated',
      coarse: 'recording',
      subjects: [`recording:${id}`, `device:${device}`],
      actor: deviceActor(municipality, device, kept.after.device_code),
      fields: { sequence: String(row.sequence), statement: row.statement_sha256 },
    })
  }
}

async function tellQuarantine(deps: Told, tx: Db, kept: KeptRecording): Promise<void> {
  const { after, before } = kept
  const code: string | null =
    after.quarantine ??
    (contradictsStop({ highestSequence: after.highest_sequence, stopSequence: after.stop_sequence })
      ? ('after-stop' satisfies Quarantine)
      : null)
  if (code === null || before.quarantine !== null) {
    return
  }
  await quarantine(deps, tx, after, code)
}

/** Sets a recording apart and says so: in its row, in the ledger, to whoever listens. */
export async function quarantine(deps: Told, tx: Db, recording: RecordingRow, code: string): Promise<void> {
  const { municipality, id, device } = recording
  await tx
    .$extendTables<{ recording: RecordingRow }>()
    .updateTable('recording')
    .set({ quarantine: code })
    .where('municipality', '=', municipality)
    .where('id', '=', id)
    .execute()
  await deps.ledger.append(tx, {
    municipality,
    kind: 'recording.quarantined',
    coarse: 'recording',
    subjects: [`recording:${id}`, `device:${device}`],
    actor: deviceActor(municipality, device, recording.device_code),
    fields: { code },
  })
  await deps.events.publish(tx, 'recording.quarantined', municipality, { recording: id, code })
}

/** A phone that lost its journal goes on after the highest counter we hold. */
async function noteHeads(deps: Told, tx: Db, recordings: readonly KeptRecording[]): Promise<void> {
  const newest = new Map<string, { device: string; counter: number; head: string; recording: string }>()
  for (const { after, added } of recordings) {
    const { device, id: recording } = after
    for (const { incoming } of added) {
      const { counter, statement_sha256: head } = incoming.row
      if (incoming.counts && counter > (newest.get(device)?.counter ?? -1)) {
        newest.set(device, { device, counter, head, recording })
      }
    }
  }
  if (newest.size > 0) {
    await deps.fleet.noteStatements(tx, [...newest.values()])
  }
}
