/**
 * Viewing copies: what browsers cannot play becomes H.264 and AAC in fragmented MP4, made by ffmpeg in the sandbox. The
 * original stays the evidence; the copy names its hash. In this order:
 *
 *  1. a row `wanted`, in the transaction that keeps the file        crash: the row is there, or nothing is
 *  2. the original decrypted into a folder of the sandbox's own,    crash: the folder is removed at the next start, before
 *     in memory where it fits                                       anything else; what lay in memory ends with the machine
 *  3. ffmpeg, without network, keys or time without end             crash: as 2
 *  4. the copy stored encrypted under the recording's key, fsynced  crash: an object without a row, under the recording's
 *                                                                   own prefix: erased with it; the next attempt makes another
 *  5. one transaction: the recording locked, the entry with both    crash before: as 4
 *     hashes, the row `made`
 *
 * A recording that was destroyed meanwhile gets no entry: 5 sees it under the lock and removes the object of 4, which may
 * have come after the destruction's own sweep. Want of room is no attempt: the copy waits, and others go before it.
 */
import { createHash } from 'node:crypto'
import { chownSync, createReadStream, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'
import { sql } from 'kysely'
import { isRoot } from '../../kernel/accounts.ts'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import type { FileFacts, OriginalFileRow } from '../evidence/index.ts'
import { createCopyFolders } from './copy-folders.ts'
import type { IntakeDeps, IntakeSettings } from './door.ts'
import { type MediaTools, nobody, spawnSandboxed } from './sandbox.ts'
import type { CopyRow, IntakeTables } from './tables.ts'

const mostAttempts = 3

/** Derivatives lie together, so that whoever destroys the recording finds them all. */
export function copyKey(recording: string, id: string): string {
  return `derivatives/${recording}/${id}`
}

/** Asks for a copy where the original does not play in a browser; makes nothing yet. */
export async function wantCopy(
  deps: Pick<IntakeDeps, 'ids'>,
  tx: Db,
  scope: Scope,
  file: { readonly recording: string; readonly sequence: number; readonly sha256: string },
  facts: FileFacts,
): Promise<void> {
  if (facts.plays || (facts.role !== 'video' && facts.role !== 'sound')) {
    return
  }
  await sql`insert into viewing_copy (municipality, recording, sequence, id, state, parent_sha256)
    values (${scope.municipality}::uuid, ${file.recording}::uuid, ${file.sequence}::integer, ${deps.ids.uuid()}::uuid,
      'wanted', ${file.sha256}) on conflict do nothing`.execute(tx)
}

export async function copiesOf(db: Db, scope: Scope, recording: string): Promise<readonly CopyRow[]> {
  return db
    .$extendTables<IntakeTables>()
    .selectFrom('viewing_copy')
    .selectAll()
    .where('municipality', '=', scope.municipality)
    .where('recording', '=', recording)
    .execute()
}

export async function copiesWaiting(db: Db, scope: Scope): Promise<number> {
  const found = await sql<{ n: number }>`select count(*) as n from viewing_copy
    where municipality = ${scope.municipality}::uuid and state = 'wanted'`.execute(db)
  return found.rows[0]?.n ?? 0
}

export type Copies = {
  /** Empties what a crash left of the sandbox's folders. */
  readonly start: () => void
  /** Makes the copies that are wanted, one after the other. */
  readonly run: () => Promise<void>
  readonly stop: () => void
}

export function createCopies(deps: IntakeDeps, settings: IntakeSettings, tools: () => MediaTools): Copies {
  const db = deps.database.db
  const folders = createCopyFolders(deps.config.dataFolder)
  let stopped = false
  let kill: (() => void) | null = null

  async function next(waiting: readonly string[]): Promise<CopyRow | null> {
    const found = await sql<CopyRow>`select * from viewing_copy
      where state = 'wanted' and (attempts < ${mostAttempts} or reason = 'no-space') and id <> all(${waiting}::uuid[])
      order by attempts, recording, sequence limit 1`.execute(db)
    return found.rows[0] ?? null
  }

  async function change(row: CopyRow, change: Partial<CopyRow>, tx: Db = db): Promise<void> {
    await tx
      .$extendTables<IntakeTables>()
      .updateTable('viewing_copy')
      .set(change)
      .where('municipality', '=', row.municipality)
      .where('recording', '=', row.recording)
      .where('sequence', '=', row.sequence)
      .execute()
  }

  /** `waits`: there is no room now. */
  async function make(row: CopyRow): Promise<'done' | 'waits'> {
    const scope = { municipality: row.municipality, actor: systemActor(row.municipality) }
    const file = (await deps.evidence.files.of(scope, row.recording)).find(({ sequence }) => sequence === row.sequence)
    const dataKey = await deps.signer.dataKey(row.recording)
    if (file === undefined || dataKey === null) {
      await destroyedMeanwhile(scope, row)
      return 'done'
    }
    if (!deps.disk.ingestOpen() || deps.disk.space().freeBytes < file.size_bytes * 2) {
      await change(row, { reason: 'no-space' })
      return 'waits'
    }
    const folder = folders.make(row.id, mostBytesOf(file))
    try {
      await convertAndKeep(scope, row, file, dataKey, folder)
      return 'done'
    } finally {
      // It holds the original in the clear.
      rmSync(folder, { recursive: true, force: true })
    }
  }

  async function convertAndKeep(
    scope: Scope,
    row: CopyRow,
    file: OriginalFileRow,
    dataKey: Uint8Array,
    folder: string,
  ): Promise<void> {
    await unpack(file, path.join(folder, 'in'))
    const made = await convert(file, folder)
    if (stopped) {
      return
    }
    if (!made) {
      const attempts = row.attempts + 1
      await change(row, {
        attempts,
        reason: 'failed',
        ...(attempts >= mostAttempts ? { state: 'impossible' as const } : {}),
      })
      return
    }
    const output = path.join(folder, 'out.mp4')
    const hash = createHash('sha256')
    const stored = await deps.blobs.put(
      copyKey(row.recording, row.id),
      hashing(createReadStream(output), hash),
      dataKey,
    )
    const sha256 = hash.digest('hex')
    const tool = `ffmpeg/${tools().sandbox}`
    const isKept = await deps.database.transaction(async (tx) => {
      const recording = await deps.evidence.erase.lock(tx, scope, row.recording)
      if (recording === null || recording.destroyedAt !== null) {
        return false
      }
      await deps.ledger.append(tx, {
        municipality: row.municipality,
        kind: 'recording.derived',
        coarse: 'custody',
        subjects: [`recording:${row.recording}`],
        actor: scope.actor,
        fields: {
          derivative: row.id,
          derivativeKind: 'viewing-copy',
          sequence: String(row.sequence),
          parent: row.parent_sha256,
          sha256,
          tool,
        },
      })
      const madeAt = deps.clock.nowMs()
      await change(
        row,
        { state: 'made', reason: null, sha256, size_bytes: stored.sizeBytes, tool, made_at: madeAt },
        tx,
      )
      return true
    })
    if (!isKept) {
      await destroyedMeanwhile(scope, row)
    }
  }

  async function destroyedMeanwhile(scope: Scope, row: CopyRow): Promise<void> {
    await deps.evidence.erase.sweep(scope, row.recording)
    await change(row, { state: 'impossible', reason: 'destroyed' })
  }

  async function unpack(file: OriginalFileRow, target: string): Promise<void> {
    const handle = await open(target, 'wx', 0o600)
    try {
      for await (const piece of deps.evidence.files.read(file)) {
        await handle.write(piece)
      }
    } finally {
      await handle.close()
    }
    if (isRoot()) {
      chownSync(target, nobody.uid, nobody.gid)
    }
  }

  function convert(file: OriginalFileRow, folder: string): Promise<boolean> {
    const child = spawnSandboxed(
      tools().sandbox,
      [tools().ffmpeg ?? 'ffmpeg', ...argumentsFor(file)],
      {
        memoryBytes: settings.copyMemoryBytes,
        cpuSeconds: Math.round(settings.copyTimeoutMs / 1000) * 2,
        fileBytes: mostCopyBytesOf(file),
        folder,
        hidden: path.resolve(deps.config.dataFolder),
        reads: [],
        dropsItself: false,
      },
      'ignore',
    )
    return new Promise((resolve) => {
      let complaint = ''
      kill = () => child.kill('SIGKILL')
      const timer = setTimeout(kill, settings.copyTimeoutMs)
      child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
        complaint = (complaint + piece).slice(-2_000)
      })
      child.stdout?.resume()
      child.once('error', (error) => {
        complaint = error.message
      })
      child.once('close', (code) => {
        clearTimeout(timer)
        kill = null
        if (code !== 0) {
          deps.log.warn({ code, complaint, recording: file.recording }, 'intake: a viewing copy could not be made')
        }
        resolve(code === 0 && (statSync(path.join(folder, 'out.mp4'), { throwIfNoEntry: false })?.size ?? 0) > 0)
      })
    })
  }

  return {
    start: folders.clear,
    async run() {
      const wanted = await next([])
      if (wanted === null || tools().ffmpeg === null) {
        return
      }
      // Each waits for room once in a run; the next run asks again.
      const waiting: string[] = []
      for (let row: CopyRow | null = wanted; row !== null && !stopped; row = await next(waiting)) {
        try {
          if ((await make(row)) === 'waits') {
            waiting.push(row.id)
          }
        } catch (error) {
          const attempts = row.attempts + 1
          const isLast = attempts >= mostAttempts
          await change(row, { attempts, reason: 'failed', ...(isLast ? { state: 'impossible' as const } : {}) })
          deps.log.error({ err: error, recording: row.recording }, 'intake: a viewing copy failed')
        }
      }
    },
    stop() {
      stopped = true
      kill?.()
    },
  }
}

function mostCopyBytesOf(file: OriginalFileRow): number {
  return file.size_bytes * 2 + 64 * 1024 * 1024
}

/** The original and its copy. */
function mostBytesOf(file: OriginalFileRow): number {
  return file.size_bytes + mostCopyBytesOf(file)
}

const h264: ReadonlySet<string> = new Set(['avc1', 'avc3', 'h264', 'H264', 'V_MPEG4/ISO/AVC'])

/** H.264 is taken as it is; anything else is made into it. Only files are read: no address in a hostile playlist is followed. */
function argumentsFor(file: OriginalFileRow): readonly string[] {
  const video = h264.has(file.video_codec ?? '')
    ? ['-c:v', 'copy']
    : [
        '-c:v',
        'libx264',
        '-preset',
        'veryfast',
        '-crf',
        '25',
        '-pix_fmt',
        'yuv420p',
        '-vf',
        "scale='min(1280,iw)':-2",
        '-g',
        '60',
      ]
  return [
    ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-threads', '2', '-protocol_whitelist', 'file,pipe'],
    ...['-i', 'in', '-map', '0:v:0?', '-map', '0:a:0?', '-dn', '-sn', '-map_metadata', '-1'],
    ...[...video, '-c:a', 'aac', '-b:a', '96k', '-ac', '2'],
    ...['-movflags', '+frag_keyframe+empty_moov+default_base_moof+global_sidx', '-f', 'mp4', 'out.mp4'],
  ]
}

async function* hashing(
  source: AsyncIterable<Uint8Array>,
  hash: { readonly update: (bytes: Uint8Array) => unknown },
): AsyncGenerator<Uint8Array> {
  for await (const piece of source) {
    hash.update(piece)
    yield piece
  }
}
