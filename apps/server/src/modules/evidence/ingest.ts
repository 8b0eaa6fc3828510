/**
 * Takes one segment (design §3, steps 4 and 6). In this order, so that `kill -9` at any instant loses nothing that was
 * acknowledged (I-1):
 *
 *  1. read the head of the body and judge form,   crash: nothing was kept, the device sends again
 *     key, signature, place; then read the media,
 *     counting bytes and time
 *  2. the recording's data key, fsynced by signer crash: a key without footage; the retry gets the same key
 *  3. init, then media: hash compared, encrypted, crash: objects without a row; the retry finds them (their names
 *     file and folder fsynced                            carry the statement's hash), compares and writes nothing twice
 *  4. the receipt is signed                       crash: nobody has seen it; the retry gets one
 *  5. one transaction: statement and receipt, tally of the recording, counter of the device, ledger entries, events
 *                                                 crash before the commit is durable: as 4; after: 6 is repeated from
 *                                                        the stored receipt
 *  6. the answer                                  crash: the device sends again and gets the same receipt
 *
 * Steps 4 and 5 are done for whole groups of uploads (group.ts); none is answered before its commit. What is refused is
 * answered at once, and the rest of it thrown away as it comes.
 */
import type { IncomingMessage } from 'node:http'
import type { Receipt as ReceiptReply } from '@sereno/contracts'
import { encodeReceipt, type Receipt, receiptPayloadType, type Statement } from '@sereno/proof'
import type { Static } from 'typebox'
import { systemActor } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { createGroup } from '../../kernel/group.ts'
import { type Body, type BodyShare, bodyOf, createBodyBudget, openBody, readBody } from '../../kernel/http-body.ts'
import { WrongHash } from '../../kernel/object-file.ts'
import { SignerRefusal } from '../../kernel/signer.ts'
import { createCounters } from './counters.ts'
import type { EvidenceDeps, EvidenceSettings } from './deps.ts'
import { createDuty } from './duty.ts'
import type { Erase } from './erase.ts'
import { tell } from './events.ts'
import { initKey, mediaKey, type Quarantine } from './evidence.ts'
import { createJudge, type Judged, type Place, refusalOf } from './judge.ts'
import { type Incoming, type Kept, keep } from './keep.ts'
import { createKeyCache, createMemory } from './memory.ts'
import { createOtherLog } from './other-log.ts'
import { createPool } from './pool.ts'
import { bodyLimit, createUnsealer, isSealed } from './sealed-body.ts'
import type { Sos } from './sos.ts'
import { captureTime, receiptOf, rowOf, type Unsigned } from './statement-row.ts'
import type { Strangers } from './strangers.ts'
import { checkHashes, checkHead, readHead } from './upload-head.ts'

/** Buffers of 1 MiB kept for the next uploads. */
const idleBuffers = 32
/** Bodies being received and judged, of all senders together. */
const heldBytes = 256 * 1024 * 1024

type Reply = Static<typeof ReceiptReply>
export type Ingest = (request: IncomingMessage, source: string, place: Place) => Promise<Reply>

export type IngestParts = { readonly strangers: Strangers; readonly sos: Sos; readonly erase: Erase }

export function createIngest(deps: EvidenceDeps, settings: EvidenceSettings, parts: IngestParts): Ingest {
  const { strangers, sos, erase } = parts
  const judge = createJudge({ fleet: deps.fleet, db: deps.database.db, installation: deps.config.installation })
  const duty = createDuty(deps)
  const counters = createCounters(async (device) => (await deps.fleet.self(device)).lastCounter)
  const otherLog = createOtherLog(deps)
  const pool = createPool(idleBuffers)
  const budget = createBodyBudget(heldBytes)
  const dataKeys = createKeyCache((recording) =>
    deps.signer.createDataKey(recording).catch((problem: unknown) => {
      throw problem instanceof SignerRefusal ? new Refusal('recording.destroyed') : problem
    }),
  )
  /** Recordings with a row, and inits with an object: bounded, only to spare work. */
  const known = createMemory(20_000)
  const inits = createMemory(20_000)
  const unseal = createUnsealer(deps.signer)
  const limitsOf = (request: IncomingMessage, share: BodyShare) => ({
    limitBytes: bodyLimit(request),
    share,
    timeoutMs: settings.uploadTimeoutMs,
    minimumBytesPerSecond: settings.uploadMinimumBytesPerSecond,
  })
  const group = createGroup<Ready, Kept>(settings.groupMaximum, commit)

  async function commit(batch: readonly Ready[]): Promise<readonly Kept[]> {
    const payloads = batch.map((ready) => encodeReceipt(ready.receipt))
    const receipts = await deps.signer.signMany('receipt', receiptPayloadType, payloads)
    const incoming = batch.map((ready, place) => withReceipt(ready, receipts[place]))
    const signAgain = async ({ row }: Incoming): Promise<string> => {
      const ready = batch.find((one) => one.incoming.row.statement_sha256 === row.statement_sha256)
      if (ready === undefined) {
        throw new Error('a statement outside its batch')
      }
      const payload = encodeReceipt({ ...ready.receipt, quarantined: true })
      return textOf(await deps.signer.sign('receipt', receiptPayloadType, payload))
    }
    return deps.database.transaction(async (tx) => {
      const kept = await keep(tx, incoming, signAgain)
      await tell(deps, tx, kept.recordings)
      return kept.outcomes
    })
  }

  async function ready(judged: Judged, init: Uint8Array, media: Uint8Array): Promise<Ready> {
    const { statement, key, statementSha256 } = judged
    const { municipality, recording, device } = statement.body
    const receivedAt = deps.clock.nowMs()
    const capturedAt = captureTime(statement)
    const issue = await duty.at(key, capturedAt)
    const other = await otherLog(statement.body.checkpoint)
    const jumps = await counters.jumps(device, statement.body.counter)
    const quarantine: Quarantine | null =
      key.revokedAtMs !== null ? 'key-revoked' : jumps ? 'counter-jump' : issue === null ? 'not-issued' : null
    const origin = known.has(`${municipality}/${recording}`)
      ? null
      : { ...(await duty.origin(key, recording, issue, capturedAt)), sos: sos.nearOf(device, receivedAt) }
    if (erase.isErased(recording)) {
      throw new Refusal('recording.destroyed')
    }
    const dataKey = await dataKeys(recording)
    const initStored = await storeInit(statement, init, dataKey)
    await storeMedia(judged, media, dataKey)
    const row = rowOf(judged, capturedAt, receivedAt, quarantine)
    const initSha256 = statement.kind === 'media' ? statement.body.init : null
    return {
      incoming: { row, device, initSha256, initStored, otherLog: other, origin, counts: !jumps },
      receipt: receiptOf(statement, statementSha256, receivedAt, quarantine !== null),
    }
  }

  async function storeInit(statement: Statement, init: Uint8Array, dataKey: Uint8Array): Promise<boolean> {
    if (statement.kind !== 'media' || init.length === 0) {
      return false
    }
    const name = initKey(statement.body.municipality, statement.body.recording, statement.body.init)
    if (!inits.has(name)) {
      await deps.blobs.put(name, init, dataKey)
      inits.add(name)
    }
    return true
  }

  async function storeMedia(judged: Judged, media: Uint8Array, dataKey: Uint8Array): Promise<void> {
    const { statement, statementSha256 } = judged
    if (statement.kind !== 'media') {
      return
    }
    const { municipality, recording, sequence } = statement.body
    const name = mediaKey({ municipality, recording, sequence, statementSha256, capturedAt: captureTime(statement) })
    await deps.blobs.putStated(name, media, dataKey, statement.body.media.sha256).catch((problem: unknown) => {
      throw problem instanceof WrongHash ? refusalOf('wrong-media-hash') : problem
    })
  }

  // The opening media of a recording must bring the init: without it nothing of the recording can ever be shown.
  async function lacksInit(statement: Statement, init: Uint8Array): Promise<boolean> {
    if (statement.kind !== 'media' || statement.body.sequence > 0 || init.length > 0) {
      return false
    }
    const name = initKey(statement.body.municipality, statement.body.recording, statement.body.init)
    return !inits.has(name) && !(await deps.blobs.exists(name))
  }

  async function open(request: IncomingMessage, place: Place, share: BodyShare): Promise<Opened> {
    const sizeBytes = announcedBytes(request)
    if (!isSealed(request)) {
      return { body: openBody(request, limitsOf(request, share), sizeBytes), sizeBytes }
    }
    const plain = await unseal(request, place, await readBody(request, limitsOf(request, share), sizeBytes))
    return { body: bodyOf(plain), sizeBytes: plain.length }
  }

  /** Steps 1 to 3. The body's buffer is given back as soon as its bytes are stored, or refused. */
  async function receive(request: IncomingMessage, place: Place): Promise<Ready> {
    const share = budget.open()
    let lent: Uint8Array | null = null
    const allocate = (sizeBytes: number): Uint8Array => {
      lent = pool.take(sizeBytes)
      return lent
    }
    let body: Body | null = null
    try {
      const opened = await open(request, place, share)
      body = opened.body
      const head = await readHead(body)
      const judged = await judge(head.envelope, place)
      const { statement } = judged
      if (opened.sizeBytes !== undefined) {
        checkHead(head, opened.sizeBytes - head.sizeBytes, statement)
      }
      const whole = await body.whole(allocate)
      const init = whole.subarray(head.sizeBytes - head.initBytes, head.sizeBytes)
      const media = whole.subarray(head.sizeBytes)
      checkHead(head, media.length, statement)
      const isLacking = await lacksInit(statement, init)
      if (isLacking || init.length > 0) {
        // Before the init is stored, or missed; all other media is hashed where it is encrypted.
        checkHashes(init, media, statement)
      }
      if (isLacking) {
        throw new Refusal('segment.init-missing')
      }
      return await ready(judged, init, media)
    } catch (problem) {
      body?.discard()
      throw problem
    } finally {
      share.close()
      if (lent !== null) {
        pool.give(lent)
      }
    }
  }

  // The disk filled between two samples: the same answer as below the reserve, and from now on at the door.
  async function tellFullDisk(problem: unknown): Promise<never> {
    if (!isDiskFull(problem)) {
      throw problem
    }
    await deps.disk.sample()
    throw new Refusal('installation.disk-reserve')
  }

  async function take(request: IncomingMessage, place: Place): Promise<Reply> {
    if (!deps.disk.ingestOpen()) {
      throw new Refusal('installation.disk-reserve')
    }
    const made = await receive(request, place).catch(tellFullDisk)
    const name = `${made.incoming.row.municipality}/${place.recording}`
    const kept = await group.add(made).catch(tellFullDisk)
    deps.fleet.touch(made.incoming.device, deps.clock.nowMs())
    if (kept.kind === 'destroyed') {
      const { municipality } = made.incoming.row
      await erase.sweep({ municipality, actor: systemActor(municipality) }, place.recording)
      throw new Refusal('recording.destroyed')
    }
    if (kept.kind !== 'kept') {
      // A recording that another device began: not this statement's place.
      known.delete(name)
      throw new Refusal('segment.wrong-place')
    }
    known.add(name)
    if (kept.version > 0) {
      throw new Refusal('segment.equivocation', { sequence: place.sequence })
    }
    return {
      receipt: Buffer.from(kept.receipt, 'latin1').toString('base64'),
      state: kept.state,
      quarantined: kept.quarantine !== null,
    }
  }

  return async (request, source, place) => {
    try {
      return await take(request, place)
    } catch (problem) {
      if (problem instanceof Refusal && problem.code !== 'segment.equivocation') {
        strangers.count(source, problem.code)
      }
      throw problem
    }
  }
}

// ENOSPC and EDQUOT of the file system; 53100 is PostgreSQL's `disk_full`.
function isDiskFull(problem: unknown): boolean {
  const code = problem instanceof Error && 'code' in problem ? problem.code : null
  return code === 'ENOSPC' || code === 'EDQUOT' || code === '53100'
}

function announcedBytes(request: IncomingMessage): number | undefined {
  const size = Number(request.headers['content-length'])
  return Number.isSafeInteger(size) ? size : undefined
}

type Ready = { readonly incoming: Omit<Incoming, 'row'> & { readonly row: Unsigned }; readonly receipt: Receipt }
type Opened = { readonly body: Body; readonly sizeBytes: number | undefined }

function withReceipt(ready: Ready, receipt: Uint8Array | undefined): Incoming {
  if (receipt === undefined) {
    throw new Error('the signer answered fewer receipts than it was asked for')
  }
  return { ...ready.incoming, row: { ...ready.incoming.row, receipt: textOf(receipt) } }
}

function textOf(envelope: Uint8Array): string {
  return Buffer.from(envelope.buffer, envelope.byteOffset, envelope.length).toString('latin1')
}
