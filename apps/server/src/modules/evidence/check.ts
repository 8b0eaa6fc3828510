/**
 * `sereno check` for evidence: I-1 (nothing acknowledged is lost), I-2 (originals unchanged), I-5 (nothing is missing
 * silently). Objects without a row are no finding: an upload that was never acknowledged may leave one, and its retry
 * uses it.
 */
import { createHash, hash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { fileBlockSize, fileBlocksRoot, openManifest, openReceipt, openStatement } from '@sereno/proof'
import { sql } from 'kysely'
import { systemActor } from '../../kernel/actor.ts'
import type { Checker, Finding } from '../../kernel/checker.ts'
import type { EvidenceDeps } from './deps.ts'
import { fileBlockKey, initKey } from './evidence.ts'
import { blockHashes, filesOf } from './files.ts'
import { checkOtherLogs } from './other-log.ts'
import { findRecording, manifestsOf, mediaKeyOf, wholeStatements } from './store.ts'
import type { ManifestRow, RecordingRow, StatementRow } from './tables.ts'

const pageSize = 500
/** Every object's size is checked; one in so many is decrypted and hashed, unless all are asked for. */
const sampleOneIn = 20
/** A recording that a living server changes while it is looked at is looked at again, this often at most. */
const looksAtMost = 5

type Report = (finding: Finding) => void
/** Where findings go, and whether every byte is read again or one object in {@link sampleOneIn}. */
type Look = { readonly report: Report; readonly full: boolean }

export function createCheck(deps: EvidenceDeps): Checker {
  const db = deps.database.db

  async function* recordings(): AsyncGenerator<RecordingRow> {
    let after: RecordingRow | null = null
    for (;;) {
      const page: { readonly rows: readonly RecordingRow[] } = await sql<RecordingRow>`select * from recording
        where ${after === null ? sql`true` : sql`(municipality, id) > (${after.municipality}::uuid, ${after.id}::uuid)`}
        order by municipality, id limit ${pageSize}`.execute(db)
      yield* page.rows
      const last = page.rows.at(-1)
      if (last === undefined || page.rows.length < pageSize) {
        return
      }
      after = last
    }
  }

  async function checkObject(
    row: RecordingRow,
    statement: StatementRow,
    dataKey: Uint8Array | null,
    look: Look,
  ): Promise<void> {
    const { report } = look
    const key = mediaKeyOf(row, statement)
    const sizeBytes = await deps.blobs.size(key)
    if (sizeBytes === null) {
      report({ code: 'evidence.object-missing', detail: key })
      return
    }
    if (sizeBytes !== statement.size_bytes) {
      report({ code: 'evidence.object-size', detail: key })
      return
    }
    const sampled = Number.parseInt(statement.statement_sha256.slice(0, 8), 16) % sampleOneIn === 0
    if (dataKey !== null && (look.full || sampled)) {
      const digest = createHash('sha256')
      try {
        for await (const piece of deps.blobs.read(key, dataKey)) {
          digest.update(piece)
        }
      } catch {
        report({ code: 'evidence.object-altered', detail: key })
        return
      }
      if (digest.digest('hex') !== statement.media_sha256) {
        report({ code: 'evidence.object-altered', detail: key })
      }
    }
  }

  // Each block's size; of sampled ones its hash, and that the rows name the blocks that the statement commits to.
  async function checkFile(
    row: RecordingRow,
    statement: StatementRow,
    dataKey: Uint8Array | null,
    { report, full }: Look,
  ): Promise<void> {
    const scope = { municipality: row.municipality, actor: systemActor(row.municipality) }
    const file = (await filesOf(db, scope, row.id)).find(({ sequence }) => sequence === statement.sequence)
    const opened = openStatement(Buffer.from(statement.envelope, 'latin1'))
    const hashes = file === undefined ? [] : blockHashes(file)
    const stated = opened.ok && opened.value.statement.kind === 'file' ? opened.value.statement.body.file : null
    if (file === undefined || stated === null || (await fileBlocksRoot(hashes)) !== stated.blocks) {
      report({ code: 'evidence.file-differs', detail: `${row.id} ${statement.sequence}` })
      return
    }
    for (const [block, expected] of hashes.entries()) {
      const key = fileBlockKey({ ...file, block, sha256: expected })
      const sizeBytes = await deps.blobs.size(key)
      if (sizeBytes !== fileBlockSize(stated.sizeBytes, block)) {
        report({ code: sizeBytes === null ? 'evidence.object-missing' : 'evidence.object-size', detail: key })
      } else if (dataKey !== null && (full || Number.parseInt(expected.slice(0, 8), 16) % sampleOneIn === 0)) {
        await checkHash(key, dataKey, expected, report)
      }
    }
  }

  async function checkHash(key: string, dataKey: Uint8Array, expected: string, report: Report): Promise<void> {
    const digest = createHash('sha256')
    const readable = await (async () => {
      for await (const piece of deps.blobs.read(key, dataKey)) {
        digest.update(piece)
      }
      return true
    })().catch(() => false)
    if (!readable || digest.digest('hex') !== expected) {
      report({ code: 'evidence.object-altered', detail: key })
    }
  }

  function checkStatement(statement: StatementRow, report: Report): void {
    const name = `${statement.recording} ${statement.sequence}`
    const envelope = Buffer.from(statement.envelope, 'latin1')
    const opened = openStatement(envelope)
    if (!opened.ok || hash('sha256', envelope) !== statement.statement_sha256) {
      report({ code: 'evidence.statement-altered', detail: name })
      return
    }
    const { body, kind } = opened.value.statement
    const agrees =
      kind === statement.kind && body.sequence === statement.sequence && body.recording === statement.recording
    if (!agrees) {
      report({ code: 'evidence.row-differs', detail: name })
    }
    const receipt = openReceipt(Buffer.from(statement.receipt, 'latin1'))
    if (!receipt.ok || receipt.value.value.statement !== statement.statement_sha256) {
      report({ code: 'evidence.receipt-differs', detail: name })
    }
  }

  async function checkRecording(row: RecordingRow, look: Look): Promise<number> {
    const { report } = look
    const scope = { municipality: row.municipality, actor: systemActor(row.municipality) }
    const dataKey = row.destroyed_at === null ? await deps.signer.dataKey(row.id) : null
    if (dataKey === null && row.destroyed_at === null && row.segments > 0) {
      report({ code: 'evidence.key-missing', detail: row.id })
    }
    const hashes = new Map<number, string>()
    let examined = 0
    let segments = 0
    let sizeBytes = 0
    let last = { sequence: -1, version: -1 }
    for (let from = 0; ; from = last.sequence) {
      const page = await wholeStatements(db, scope, row.id, from, pageSize)
      const fresh = page.filter(
        (one) => one.sequence > last.sequence || (one.sequence === last.sequence && one.version > last.version),
      )
      for (const statement of fresh) {
        examined += 1
        checkStatement(statement, report)
        if (statement.kind === 'file' && row.destroyed_at === null) {
          await checkFile(row, statement, dataKey, look)
        }
        if (statement.kind === 'media' && row.destroyed_at === null) {
          await checkObject(row, statement, dataKey, look)
        }
        if (statement.version === 0) {
          hashes.set(statement.sequence, statement.statement_sha256)
          segments += statement.kind === 'media' || statement.kind === 'file' ? 1 : 0
          sizeBytes += statement.size_bytes
        }
        last = { sequence: statement.sequence, version: statement.version }
      }
      if (page.length < pageSize || fresh.length === 0) {
        break
      }
    }
    if (hashes.size !== row.statements || segments !== row.segments || sizeBytes !== row.size_bytes) {
      report({ code: 'evidence.tally-differs', detail: row.id })
    }
    if (row.init_stored && row.init_sha256 !== null && row.destroyed_at === null) {
      const key = initKey(row.municipality, row.id, row.init_sha256 ?? '')
      if ((await deps.blobs.size(key)) === null) {
        report({ code: 'evidence.object-missing', detail: key })
      }
    }
    if (row.headed_sequence >= 0 && hashes.get(row.headed_sequence) !== row.headed_sha256) {
      report({ code: 'evidence.head-differs', detail: row.id })
    }
    checkManifests(row, await manifestsOf(db, scope, row.id), hashes, report)
    return examined
  }

  /**
   * Beside a living server a recording grows, or is destroyed, between its row and its objects. A finding counts only of a
   * row that is still what it was when the look began.
   */
  async function checkWhileItLives(row: RecordingRow, { report, full }: Look): Promise<number> {
    const scope = { municipality: row.municipality, actor: systemActor(row.municipality) }
    for (let seen = row, looks = 1; ; looks += 1) {
      const findings: Finding[] = []
      const examined = await checkRecording(seen, { report: (finding) => findings.push(finding), full })
      const now = findings.length === 0 ? null : await findRecording(db, scope, row.id)
      if (now === null || looks === looksAtMost || isDeepStrictEqual(now, seen)) {
        findings.forEach(report)
        return examined
      }
      seen = now
    }
  }

  return {
    name: 'evidence',
    async run(report, options) {
      const look = { report, full: options?.full === true }
      let examined = await checkOtherLogs(deps, db, report)
      for await (const row of recordings()) {
        examined += 1 + (await checkWhileItLives(row, look))
      }
      return { examined }
    },
  }
}

/** What was signed as the truth must still be what the rows say. */
function checkManifests(
  row: RecordingRow,
  manifests: readonly ManifestRow[],
  hashes: ReadonlyMap<number, string>,
  report: Report,
): void {
  if (row.state === 'sealed' && manifests[0]?.sha256 !== row.manifest_sha256) {
    report({ code: 'evidence.manifest-missing', detail: row.id })
  }
  for (const manifest of manifests) {
    const envelope = Buffer.from(manifest.envelope, 'latin1')
    const opened = openManifest(envelope)
    const name = `${row.id} ${manifest.number}`
    if (!opened.ok || hash('sha256', envelope) !== manifest.sha256) {
      report({ code: 'evidence.manifest-altered', detail: name })
      continue
    }
    for (const { sequence, statement } of opened.value.value.statements) {
      if (hashes.get(sequence) !== statement) {
        report({ code: 'evidence.manifest-differs', detail: `${name} ${sequence}` })
      }
    }
  }
}
