/**
 * Takes a file in, block by block. In this order, so that `kill -9` at any instant loses nothing that was acknowledged
 * (I-1):
 *
 *  1. the upload's row, at the first request          crash: nothing, or a row that the same request finds again
 *  2. read a block, counting bytes and time           crash: nothing was kept, the dock sends again
 *  3. a thread compares its hash with the one announced, and
 *  4. encrypts it, file and folder fsynced              crash: an object without a row; the retry finds it (its name
 *                                                     carries place and hash)
 *  5. the block's row committed                       crash before: as 4; after: 6 is repeated
 *  6. the answer                                      crash: the dock asks or sends again and hears the same
 *
 * A place already taken is never written again: other bytes for it are refused, since the file changed under the dock.
 */
import type { BodyOf, intakeOperations, ReplyOf } from '@sereno/contracts'
import { fileBlockBytes, fileBlockCount, fileBlockSize, maximumFileBlocks } from '@sereno/proof'
import type { FastifyRequest } from 'fastify'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { createBodyBudget, openBody } from '../../kernel/http-body.ts'
import { WrongHash } from '../../kernel/object-file.ts'
import type { IntakeDeps, IntakeSettings } from './door.ts'
import type { createProgresses } from './progress.ts'
import { addBlock, addUpload, findBlock, findUpload, mayBeKnown, receivedOf } from './store.ts'
import type { UploadRow } from './tables.ts'

type Operations = typeof intakeOperations
type NewUpload = BodyOf<Operations['POST /device/uploads']>
export type UploadView = ReplyOf<Operations['POST /device/uploads']>

/** Blocks being received, of all docks together. */
const heldBytes = 192 * 1024 * 1024
const mostIdle = 6

export type Receive = ReturnType<typeof createReceive>

export function createReceive(
  deps: IntakeDeps,
  settings: IntakeSettings,
  progresses: ReturnType<typeof createProgresses>,
) {
  const db = deps.database.db
  const budget = createBodyBudget(heldBytes)
  const buffers = createBuffers()
  // Which file a place belongs to changes seldom and is asked for at each block.
  const known = new Map<string, UploadRow>()

  /** The dock's own upload. Throws `upload.not-found`. */
  async function own(scope: Scope, id: string): Promise<UploadRow> {
    const row = await findUpload(db, scope, id)
    if (row === null || row.dock !== scope.actor.device) {
      throw new Refusal('upload.not-found')
    }
    return row
  }

  async function view(scope: Scope, row: UploadRow): Promise<UploadView> {
    return {
      id: row.id,
      state: row.state,
      sizeBytes: row.size_bytes,
      receivedBytes: row.received_bytes,
      received: row.state === 'receiving' ? await receivedOf(db, scope, row.id) : [],
      refusal: row.refusal,
      receipt: row.receipt === null ? null : Buffer.from(row.receipt, 'latin1').toString('base64'),
    }
  }

  async function begin(scope: Scope, asked: NewUpload): Promise<UploadView> {
    needRoom(deps)
    if (fileBlockCount(asked.sizeBytes) > maximumFileBlocks) {
      throw new Refusal('request.too-large', { limitBytes: maximumFileBlocks * fileBlockBytes })
    }
    const now = deps.clock.nowMs()
    await addUpload(db, {
      municipality: scope.municipality,
      id: asked.id,
      object: deps.ids.uuid(),
      dock: scope.actor.device ?? scope.actor.id,
      dock_code: scope.actor.name,
      name: cleanName(asked.name),
      size_bytes: asked.sizeBytes,
      path_sha256: asked.pathSha256,
      modified_at: asked.modifiedAt,
      hint: asked.hint,
      state: 'receiving',
      received_bytes: 0,
      created_at: now,
      heard_at: now,
      statement: null,
      stop: null,
      refusal: null,
      receipt: null,
    })
    const row = await own(scope, asked.id)
    if (row.size_bytes !== asked.sizeBytes) {
      throw new Refusal('upload.closed')
    }
    return view(scope, row)
  }

  async function block(scope: Scope, id: string, place: number, request: FastifyRequest) {
    needRoom(deps)
    const row = known.get(id) ?? (await own(scope, id))
    const sizeBytes = fileBlockSize(row.size_bytes, place)
    const announced = request.headers['x-block-sha256']
    if (
      row.dock !== scope.actor.device ||
      row.state !== 'receiving' ||
      sizeBytes === 0 ||
      typeof announced !== 'string'
    ) {
      throw new Refusal(row.state === 'receiving' ? 'upload.wrong-block' : 'upload.closed')
    }
    known.set(id, row)
    const share = budget.open()
    const lent = buffers.take()
    let isHeld = false
    try {
      const limits = {
        limitBytes: sizeBytes,
        timeoutMs: settings.uploadTimeoutMs,
        minimumBytesPerSecond: settings.uploadMinimumBytesPerSecond,
        share,
      }
      const bytes = await openBody(request.raw, limits, sizeBytes).whole(() => lent)
      if (bytes.length !== sizeBytes) {
        throw new Refusal('upload.wrong-block', { block: place })
      }
      const there = await findBlock(db, scope, id, place)
      if (there !== null && there.sha256 !== announced) {
        throw new Refusal('upload.wrong-block', { block: place, problem: 'other bytes are there' })
      }
      const stored = { municipality: row.municipality, object: row.object, block: place, sha256: announced }
      await deps.evidence.files.store(id, stored, bytes)
      let receivedBytes = row.received_bytes
      if (there === null) {
        isHeld = progresses.of(id).take(place, bytes)
        receivedBytes = await addBlock(db, {
          municipality: row.municipality,
          upload: id,
          block: place,
          sha256: announced,
          size_bytes: sizeBytes,
          received_at: deps.clock.nowMs(),
        })
      }
      return { block: place, sha256: announced, receivedBytes, nowMs: deps.clock.nowMs() }
    } catch (problem) {
      throw problem instanceof WrongHash ? new Refusal('upload.wrong-block', { block: place }) : problem
    } finally {
      share.close()
      if (!isHeld) {
        buffers.give(lent)
      }
    }
  }

  async function knownFiles(scope: Scope, asked: BodyOf<Operations['POST /device/uploads/known']>['files']) {
    return {
      files: await Promise.all(
        asked.map(async ({ sizeBytes, firstBlock, sha256 }) => {
          const there = sha256 === null ? null : await deps.evidence.files.byHash(scope, sha256)
          const upload = there === null ? null : await findUpload(db, scope, there.recording)
          const maybe = there !== null || (firstBlock !== null && (await mayBeKnown(db, scope, sizeBytes, firstBlock)))
          const receipt = upload?.receipt ?? null
          return {
            maybe,
            recording: there?.recording ?? null,
            receipt: receipt === null ? null : Buffer.from(receipt, 'latin1').toString('base64'),
          }
        }),
      ),
    }
  }

  return {
    begin,
    block,
    own,
    view,
    known: knownFiles,
    forget: (id: string): void => void known.delete(id),
  }
}

/** Blocks' memory, shared with the threads that store them, and used again: eight megabytes each are much to collect. */
function createBuffers() {
  const idle: Uint8Array[] = []
  return {
    take: (): Uint8Array => idle.pop() ?? new Uint8Array(new SharedArrayBuffer(fileBlockBytes)),
    give(bytes: Uint8Array): void {
      if (idle.length < mostIdle) {
        idle.push(bytes)
      }
    },
  }
}

/** A name as the format allows it: the last part of a path, without what no file system shows. */
export function cleanName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? ''
  const clean = last.replaceAll(/\p{Cc}/gu, '_').slice(0, 255)
  return clean === '' || clean === '.' || clean === '..' ? '_' : clean
}

function needRoom(deps: IntakeDeps): void {
  if (!deps.disk.ingestOpen()) {
    throw new Refusal('installation.disk-reserve')
  }
}
