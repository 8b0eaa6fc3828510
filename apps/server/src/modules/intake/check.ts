/**
 * `sereno check` for intake: what was acknowledged is there (I-1). Blocks of uploads under way, objects of camera systems
 * that are not recordings yet, viewing copies. What is a recording is evidence's to check.
 */
import { fileBlockSize } from '@sereno/proof'
import { sql } from 'kysely'
import { systemActor } from '../../kernel/actor.ts'
import type { Checker } from '../../kernel/checker.ts'
import { copyKey } from './copies.ts'
import type { IntakeDeps } from './door.ts'
import type { CopyRow, UploadRow } from './tables.ts'

export function checkIntake(deps: IntakeDeps): Checker {
  const { db } = deps.database

  return {
    name: 'intake',
    async run(report) {
      let examined = 0
      const uploads = await sql<UploadRow>`select * from upload where state in ('receiving', 'verifying')
        order by created_at`.execute(db)
      for (const upload of uploads.rows) {
        const blocks = await sql<{ block: number; sha256: string; size_bytes: number }>`select block, sha256, size_bytes
          from upload_block where municipality = ${upload.municipality}::uuid and upload = ${upload.id}::uuid
          order by block`.execute(db)
        const sizeBytes = blocks.rows.reduce((sum, row) => sum + row.size_bytes, 0)
        if (sizeBytes !== upload.received_bytes) {
          report({ code: 'intake.tally-differs', detail: upload.id })
        }
        for (const { block, sha256 } of blocks.rows) {
          examined += 1
          const place = { municipality: upload.municipality, object: upload.object, block, sha256 }
          const stored = await deps.evidence.files.size(upload.id, place)
          if (stored !== fileBlockSize(upload.size_bytes, block)) {
            report({ code: 'intake.block-missing', detail: `${upload.id} ${block}` })
          }
        }
      }
      examined += await checkObjects(deps, report)
      examined += await checkCopies(deps, report)
      return { examined }
    },
  }
}

type Report = Parameters<Checker['run']>[0]

// Whatever was answered 201 is either part of a recording or waits, whole, to become one.
async function checkObjects(deps: IntakeDeps, report: Report): Promise<number> {
  const found = await sql<{
    municipality: string
    name: string
    recording: string
    object: string
    sha256: string
    size_bytes: number
    block_sha256: string
    kept: boolean
    stated: boolean
  }>`select o.municipality, o.name, o.recording, o.object, o.sha256, o.size_bytes, o.block_sha256,
      r.id is not null as kept,
      exists (select 1 from original_file f where f.municipality = o.municipality and f.recording = o.recording
        and f.sha256 = o.sha256) as stated
    from axis_object o left join recording r on r.municipality = o.municipality and r.id = o.recording
    where o.recording is not null and (r.id is null or r.destroyed_at is null)`.execute(deps.database.db)
  for (const row of found.rows) {
    if (row.kept && !row.stated) {
      report({ code: 'intake.object-left-out', detail: `${row.recording} ${row.name}` })
    }
    const hashes = row.kept ? [] : (row.block_sha256.match(/.{64}/g) ?? [])
    for (const [block, sha256] of hashes.entries()) {
      const place = { municipality: row.municipality, object: row.object, block, sha256 }
      if ((await deps.evidence.files.size(row.recording, place)) !== fileBlockSize(row.size_bytes, block)) {
        report({ code: 'intake.block-missing', detail: `${row.recording} ${row.name} ${block}` })
      }
    }
  }
  return found.rows.length
}

async function checkCopies(deps: IntakeDeps, report: Report): Promise<number> {
  const copies = await sql<
    CopyRow & { destroyed_at: number | null; original: string | null }
  >`select c.*, r.destroyed_at,
      (select f.sha256 from original_file f where f.municipality = c.municipality and f.recording = c.recording
        and f.sequence = c.sequence) as original
    from viewing_copy c join recording r on r.municipality = c.municipality and r.id = c.recording
    where c.state = 'made'`.execute(deps.database.db)
  for (const copy of copies.rows.filter(({ destroyed_at }) => destroyed_at === null)) {
    const actor = systemActor(copy.municipality)
    const entries = await deps.ledger.entriesOf(
      { municipality: copy.municipality, actor },
      `recording:${copy.recording}`,
    )
    if (copy.original !== copy.parent_sha256) {
      report({ code: 'intake.lineage-differs', detail: copy.id })
    }
    if (!entries.some(({ kind, details }) => kind === 'recording.derived' && details.sha256 === copy.sha256)) {
      report({ code: 'intake.copy-unrecorded', detail: copy.id })
    }
    if ((await deps.blobs.size(copyKey(copy.recording, copy.id))) !== copy.size_bytes) {
      report({ code: 'intake.copy-missing', detail: copy.id })
    }
  }
  return copies.rows.length
}
