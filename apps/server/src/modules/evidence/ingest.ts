/**
 * Takes one segment (design §3, steps 4 and 6). In this order, so that `kill -9` at any instant loses nothing that was
 * acknowledged (I-1):
 *
 *  1. read the body, counting bytes and time      crash: nothing was kept, the device sends again
 *  2. judge form, key, signature, place, hash     crash: the same
 *  3. the recording's data key, fsynced by signer crash: a key without footage; the retry gets the same key
 *  4. init and media encrypted, file and folder   crash: objects without a row; the retry finds them (their names
 *     fsynced                                            carry the statement's hash) and writes nothing twice
 *  5. the receipt is signed                       crash: nobody has seen it; the retry gets one
 *  6. one transaction: statement and receipt, tally of the recording, counter of the device, ledger entries, events
 *                                                 crash before the commit is durable: as 5; after: 7 is repeated from
 *                                                        the stored receipt
 *  7. the answer                                  crash: the device sends again and gets the same receipt
 *
 * Steps 5 and 6 are done for whole groups of uploads (group.ts); none is answered before its commit.
 */
import type { IncomingMessage } from 'node:http'
import type { Receipt as ReceiptReply } from '@sereno/contracts'
import { encodeReceipt, type Receipt, receiptPayloadType, type Statement } from '@sereno/proof'
import type { Static } from 'typebox'
import { systemActor } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { type BodyShare, createBodyBudget, readBody } from '../../kernel/http-body.ts'
import { SignerRefusal } from '../../kernel/signer.ts'
import { createCounters } from './counters.ts'
import type { Erase } from './erase.ts'
import type { EvidenceDeps, EvidenceSettings } from './door.ts'
import { createDuty } from './duty.ts'
import { tell } from './events.ts'
import { initKey, mediaKey, type Quarantine } from './evidence.ts'
import { createGroup } from './group.ts'
import { createJudge, type Judged, type Place } from './judge.ts'
import { type Incoming, type Kept, keep } from './keep.ts'
import { createPool } from './pool.ts'
import { bodyLimit, createUnsealer } from './sealed-body.ts'
import type { Sos } from './sos.ts'
import type { Strangers } from './strangers.ts'

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

  async function ready(judged: Judged, receivedAt: number): Promise<Ready> {
    const { statement, key, upload, statementSha256 } = judged
    const { municipality, recording, sequence, device } = statement.body
    const place = `${municipality}/${recording}`
    const capturedAt = captureTime(statement)
    const issue = await duty.at(key, capturedAt)
    const jumps = await counters.jumps(device, statement.body.counter)
    const quarantine: Quarantine | null =
      key.revokedAtMs !== null ? 'key-revoked' : jumps ? 'counter-jump' : issue === null ? 'not-issued' : null
    const origin = known.has(place)
      ? null
      : { ...(await duty.origin(key, recording, issue, capturedAt)), sos: sos.nearOf(device, receivedAt) }
    if (erase.isErased(recording)) {
      throw new Refusal('recording.destroyed')
    }
    const dataKey = await dataKeys(recording)
    const media = statement.kind === 'media' ? statement.body : null
    const init = media !== null && upload.init.length > 0 ? initKey(municipality, recording, media.init) : null
    if (init !== null && !inits.has(init)) {
      await deps.blobs.put(init, upload.init, dataKey)
      inits.add(init)
    }
    if (media !== null) {
      const name = { municipality, recording, sequence, statementSha256, capturedAt }
      await deps.blobs.put(mediaKey(name), upload.media, dataKey)
    }
    const row = rowOf(judged, capturedAt, receivedAt, quarantine)
    const counts = !jumps
    const initSha256 = media?.init ?? null
    return {
      incoming: { row, device, initSha256, initStored: init !== null, origin, counts },
      receipt: receiptOf(statement, statementSha256, receivedAt, quarantine !== null),
    }
  }

  // The opening media of a recording must bring the init: without it nothing of the recording can ever be shown.
  async function lacksInit({ statement, upload }: Judged): Promise<boolean> {
    if (statement.kind !== 'media' || statement.body.sequence > 0 || upload.init.length > 0) {
      return false
    }
    const name = initKey(statement.body.municipality, statement.body.recording, statement.body.init)
    return !inits.has(name) && !(await deps.blobs.exists(name))
  }

  /** Steps 1 to 4. The body's buffer is given back as soon as its bytes are stored, or refused. */
  async function receive(request: IncomingMessage, place: Place): Promise<Ready> {
    let lent: Uint8Array | null = null
    const share = budget.open()
    const allocate = (sizeBytes: number): Uint8Array => {
      lent = pool.take(sizeBytes)
      return lent
    }
    try {
      const judged = await judge(
        await unseal(
          request,
          place,
          await readBody(request, limitsOf(request, share), announcedBytes(request), allocate),
        ),
        place,
      )
      if (await lacksInit(judged)) {
        throw new Refusal('segment.init-missing')
      }
      return await ready(judged, deps.clock.nowMs())
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
type Unsigned = Omit<Incoming['row'], 'receipt'>

function withReceipt(ready: Ready, receipt: Uint8Array | undefined): Incoming {
  if (receipt === undefined) {
    throw new Error('the signer answered fewer receipts than it was asked for')
  }
  return { ...ready.incoming, row: { ...ready.incoming.row, receipt: textOf(receipt) } }
}

/** The device's clock, corrected by what it knew of the server's. */
function captureTime(statement: Statement): number {
  return statement.body.wallClockMs + (statement.body.serverTime?.offsetMs ?? 0)
}

function rowOf(judged: Judged, capturedAt: number, receivedAt: number, quarantine: Quarantine | null): Unsigned {
  const { statement } = judged
  const { body, kind } = statement
  const media = kind === 'media' ? statement.body : null
  return {
    municipality: body.municipality,
    recording: body.recording,
    sequence: body.sequence,
    statement_sha256: judged.statementSha256,
    kind,
    counter: body.counter,
    captured_at: capturedAt,
    wall_clock_at: body.wallClockMs,
    received_at: receivedAt,
    media_sha256: media?.media.sha256 ?? null,
    size_bytes: media?.media.sizeBytes ?? 0,
    timescale: media?.timescale ?? 1,
    decode_time: media?.decodeTime ?? 0,
    duration_ticks: media?.duration ?? 0,
    duration_ms: durationOf(statement),
    pre_event: media?.preEvent ?? false,
    audio: media?.audioOn ?? false,
    reason: statement.kind === 'gap' || statement.kind === 'stop' ? statement.body.reason : null,
    quarantine,
    envelope: judged.envelope,
  }
}

// A day bounds what one statement may claim, so that no sum overflows.
function durationOf(statement: Statement): number {
  const ms =
    statement.kind === 'media'
      ? Math.round((statement.body.duration * 1_000) / statement.body.timescale)
      : statement.kind === 'gap'
        ? statement.body.missingMs
        : 0
  return Math.min(ms, 86_400_000)
}

function receiptOf(statement: Statement, hash: string, receivedAtMs: number, quarantined: boolean): Receipt {
  const { installation, municipality, device, recording, sequence } = statement.body
  const media = statement.kind === 'media' ? statement.body.media : null
  return {
    format: 1,
    installation,
    municipality,
    device,
    recording,
    sequence,
    statement: hash,
    media: media === null ? null : { sha256: media.sha256, sizeBytes: media.sizeBytes },
    receivedAtMs,
    quarantined,
  }
}

function textOf(envelope: Uint8Array): string {
  return Buffer.from(envelope.buffer, envelope.byteOffset, envelope.length).toString('latin1')
}

type Memory = {
  readonly has: (name: string) => boolean
  readonly add: (name: string) => void
  readonly delete: (name: string) => void
}

function createMemory(maximum: number): Memory {
  const names = new Set<string>()
  return {
    has: (name) => names.has(name),
    add: (name) => {
      if (names.size >= maximum) {
        names.clear()
      }
      names.add(name)
    },
    delete: (name) => void names.delete(name),
  }
}

/** Data keys of the recordings now arriving; a failed request is not remembered. */
function createKeyCache(load: (recording: string) => Promise<Uint8Array>): (recording: string) => Promise<Uint8Array> {
  const keys = new Map<string, Promise<Uint8Array>>()
  return (recording) => {
    const known = keys.get(recording)
    if (known !== undefined) {
      return known
    }
    if (keys.size >= 2_000) {
      keys.clear()
    }
    const loading = load(recording)
    keys.set(recording, loading)
    loading.catch(() => keys.delete(recording))
    return loading
  }
}
