/**
 * The one path a file takes. In this order; whatever ends it (a pulled plug, a power cut, `kill -9`), the next run begins again
 * at the top and finds what was done:
 *
 *  1. the journal's row, with the recording's id               crash: nothing, or the row
 *  2. first block read and hashed; is the file known there?    crash: as 1. If so the whole is hashed, and 8 follows
 *  3. the upload begun at the server                           crash: the same request finds it
 *  4. each block read, hashed, journalled, sent                crash: blocks the server has are not sent again, but read and
 *                                                              hashed again: a file that changed meanwhile is noticed
 *  5. `file` and `stop` signed, journalled with the counter    crash before: nothing signed; after: the same are sent
 *  6. completed at the server; it reads and hashes the whole   crash: asked again
 *  7. the receipt checked against our own hash, journalled     crash: asked again
 *  8. only where it was told so: the source erased, when it is still the file that was read
 */
import { createHash, hash, randomUUID } from 'node:crypto'
import { statSync, unlinkSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import path from 'node:path'
import {
  fileBlockBytes,
  fileBlockCount,
  fileBlockSize,
  fileBlocksRoot,
  importVerifier,
  isSignedBy,
  openReceipt,
} from '@sereno/proof'
import { Away, Refused } from './api.ts'
import type { Found } from './complete-file.ts'
import type { Dock } from './dock.ts'
import type { FileRow, Journal } from './journal.ts'

export type SendOptions = {
  readonly erase: boolean
  readonly clockOffsetMs: number | null
  readonly onProgress: (doneBytes: number, totalBytes: number) => void
  readonly signal: AbortSignal
}
export type Sent = {
  readonly outcome: 'kept' | 'known' | 'changed'
  readonly sha256: string
  readonly recording: string
  readonly erased: boolean
}

/** Blocks on their way at once: while one is hashed here, others travel, and wait for the server's disk. */
const atOnce = 5

export async function sendFile(dock: Dock, journal: Journal, found: Found, options: SendOptions): Promise<Sent> {
  const row = journal.file(found.path, found.size, found.mtime, randomUUID)
  if (row.receipt !== null && row.sha256 !== null) {
    return finished(journal, row, row.state === 'known' ? 'known' : 'kept', row.sha256, options)
  }
  await dock.renew()
  const handle = await open(found.path, 'r')
  try {
    return await sendOpen(dock, journal, { found, row, handle }, options)
  } finally {
    await handle.close().catch(() => undefined)
  }
}

type Sending = { readonly found: Found; readonly row: FileRow; readonly handle: FileHandle }

async function sendOpen(dock: Dock, journal: Journal, sending: Sending, options: SendOptions): Promise<Sent> {
  const { found, row, handle } = sending
  if (row.state === 'new') {
    const known = await knownThere(dock, handle, found)
    if (known !== null) {
      journal.change(row.id, { state: 'known', ...known })
      return finished(journal, { ...row, ...known }, 'known', known.sha256, options)
    }
    journal.change(row.id, { state: 'sending' })
  }
  if (row.statement === null) {
    const read = await sendBlocks(dock, journal, sending, options)
    if (read === null) {
      // The bytes are not those that were sent before: a new recording, from the beginning.
      journal.forgetBlocks(row.id)
      journal.change(row.id, { state: 'new', recording: randomUUID() })
      throw new Away('the file changed while it was read')
    }
    await dock.sign(row.id, {
      recording: row.recording,
      file: {
        name: cleanName(found.path),
        sizeBytes: found.size,
        sha256: read.sha256,
        blockBytes: fileBlockBytes,
        blocks: await fileBlocksRoot(read.blocks),
      },
      source: { kind: 'dock', path: hash('sha256', found.path), modifiedMs: Math.max(0, found.mtime) },
    })
  }
  const signed = journal.file(found.path, found.size, found.mtime, randomUUID)
  const receipt = await complete(dock, signed, options.signal)
  const sha256 = signed.sha256 ?? ''
  await demandReceipt(dock, receipt, sha256, found.size)
  journal.change(row.id, { state: 'kept', receipt })
  return finished(journal, { ...signed, receipt }, 'kept', sha256, options)
}

/** Hashing the whole is worth the time only where a file of this size began with these bytes before. */
async function knownThere(
  dock: Dock,
  handle: FileHandle,
  found: Found,
): Promise<{ readonly sha256: string; readonly receipt: string; readonly recording: string } | null> {
  const first = found.size === 0 ? null : hash('sha256', await readBlock(handle, found.size, 0, null))
  const ask = (sha256: string | null) =>
    dock.api.call('POST /device/uploads/known', {
      body: { files: [{ sizeBytes: found.size, firstBlock: first, sha256 }] },
    })
  if ((await ask(null)).files[0]?.maybe !== true) {
    return null
  }
  const whole = createHash('sha256')
  const buffer = Buffer.allocUnsafeSlow(fileBlockBytes)
  for (let block = 0; block < fileBlockCount(found.size); block += 1) {
    whole.update(await readBlock(handle, found.size, block, buffer))
  }
  const sha256 = whole.digest('hex')
  const there = (await ask(sha256)).files[0]
  if (there?.receipt == null || there.recording === null) {
    return null
  }
  await demandReceipt(dock, there.receipt, sha256, found.size)
  return { sha256, receipt: there.receipt, recording: there.recording }
}

/** Reads, hashes and sends in one pass; null when what was journalled before is not what is there now. */
async function sendBlocks(
  dock: Dock,
  journal: Journal,
  { found, row, handle }: Sending,
  options: SendOptions,
): Promise<{ readonly sha256: string; readonly blocks: readonly string[] } | null> {
  const upload = await dock.api.call('POST /device/uploads', {
    body: {
      id: row.recording,
      name: cleanName(found.path),
      sizeBytes: found.size,
      pathSha256: hash('sha256', found.path),
      modifiedAt: Math.max(0, found.mtime),
      hint: {
        maker: null,
        model: null,
        serial: null,
        startedAt: null,
        clockOffsetMs: options.clockOffsetMs,
        basis: null,
      },
    },
  })
  const there = (block: number): boolean => upload.received.some(([from, to]) => block >= from && block <= to)
  const journalled = journal.blocks(row.id)
  const whole = createHash('sha256')
  const blocks: string[] = []
  const underWay = new Set<Promise<unknown>>()
  const spare: Buffer[] = []
  let doneBytes = upload.receivedBytes
  options.onProgress(doneBytes, found.size)
  for (let block = 0; block < fileBlockCount(found.size); block += 1) {
    options.signal.throwIfAborted()
    const buffer = spare.pop() ?? Buffer.allocUnsafeSlow(fileBlockBytes)
    const bytes = await readBlock(handle, found.size, block, buffer)
    const sha256 = hash('sha256', bytes)
    whole.update(bytes)
    blocks.push(sha256)
    if (journalled[block] !== undefined && journalled[block] !== sha256) {
      await Promise.allSettled(underWay)
      return null
    }
    if (there(block)) {
      spare.push(buffer)
      continue
    }
    journal.addBlock(row.id, block, sha256)
    const params = { id: row.recording, block }
    const sent = dock.api
      .call('PUT /device/uploads/:id/blocks/:block', { params, bytes, headers: { 'x-block-sha256': sha256 } })
      .then(() => {
        doneBytes += bytes.length
        spare.push(buffer)
        options.onProgress(doneBytes, found.size)
      })
    const tracked = sent.finally(() => underWay.delete(tracked))
    // Awaited below; until then its failure must not count as nobody's.
    tracked.catch(() => undefined)
    underWay.add(tracked)
    if (underWay.size >= atOnce) {
      await Promise.race(underWay)
    }
  }
  await Promise.all(underWay)
  const isSame = await sameFile(handle, found)
  return isSame ? { sha256: whole.digest('hex'), blocks } : null
}

async function sameFile(handle: FileHandle, found: Found): Promise<boolean> {
  const stats = await handle.stat()
  return stats.size === found.size && Math.round(stats.mtimeMs) === found.mtime
}

async function readBlock(handle: FileHandle, sizeBytes: number, block: number, into: Buffer | null): Promise<Buffer> {
  const length = fileBlockSize(sizeBytes, block)
  const buffer = (into ?? Buffer.allocUnsafeSlow(length)).subarray(0, length)
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, block * fileBlockBytes + filled)
    if (bytesRead === 0) {
      throw new Away('the file became shorter while it was read')
    }
    filled += bytesRead
  }
  return buffer
}

async function complete(dock: Dock, row: FileRow, signal: AbortSignal): Promise<string> {
  for (let waitMs = 50; ; waitMs = Math.min(500, waitMs * 2)) {
    const said = await dock.api.call('POST /device/uploads/:id/complete', {
      params: { id: row.recording },
      body: { statement: row.statement ?? '', stop: row.stop ?? '' },
    })
    if (said.receipt !== null) {
      return said.receipt
    }
    if (said.state === 'refused') {
      throw new Refused(422, said.refusal ?? 'upload.wrong-statement', row.path)
    }
    signal.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
}

/** A receipt counts when the installation's own key signed it and it names what we hashed. Throws when it does not. */
async function demandReceipt(dock: Dock, base64: string, sha256: string, sizeBytes: number): Promise<void> {
  const opened = openReceipt(Buffer.from(base64, 'base64'))
  if (!opened.ok) {
    throw new Refused(422, opened.code, 'the receipt')
  }
  const { value, envelope } = opened.value
  const names =
    sizeBytes === 0 ? value.media === null : value.media?.sha256 === sha256 && value.media.sizeBytes === sizeBytes
  let isSigned = false
  for (const key of dock.self().receiptKeys) {
    const verifier = await importVerifier({ algorithm: key.algorithm, publicKey: key.publicKey })
    isSigned ||= verifier.ok && (await isSignedBy(envelope, verifier.value))
  }
  if (!names || !isSigned || value.quarantined) {
    throw new Refused(422, 'receipt-differs', 'the receipt does not stand for this file')
  }
}

function finished(
  journal: Journal,
  row: FileRow,
  outcome: 'kept' | 'known',
  sha256: string,
  options: SendOptions,
): Sent {
  const erased = options.erase && row.receipt !== null && eraseSource(row)
  if (erased) {
    journal.change(row.id, { state: 'erased' })
  }
  return { outcome, sha256, recording: row.recording, erased }
}

/** Only the very file that was read: same size, same time of change. */
function eraseSource(row: FileRow): boolean {
  const stats = statSync(row.path, { throwIfNoEntry: false })
  if (stats === undefined || stats.size !== row.size || Math.round(stats.mtimeMs) !== row.mtime) {
    return false
  }
  unlinkSync(row.path)
  return true
}

/** As the server will keep it. */
function cleanName(file: string): string {
  const clean = path
    .basename(file)
    .replaceAll(/\p{Cc}/gu, '_')
    .replaceAll('\\', '_')
    .slice(0, 255)
  return clean === '' || clean === '.' || clean === '..' ? '_' : clean
}
