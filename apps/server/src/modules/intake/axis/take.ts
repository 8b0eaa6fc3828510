/**
 * Takes an object of a camera system. In this order:
 *
 *  1. the body in blocks, each encrypted and fsynced as it comes   crash: objects without a row; the controller sends again
 *  2. one transaction: the object's row in its container           crash before: as 1; after: 3 is repeated
 *  3. the answer 201                                               crash: the controller sends again; both versions are
 *                                                                  kept, equal bytes count once
 * Nothing that was answered 201 waits for anything else.
 */
import { createHash, hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { fileBlockBytes } from '@sereno/proof'
import type { Scope } from '../../../kernel/actor.ts'
import { Refusal } from '../../../kernel/errors.ts'
import type { IntakeDeps } from '../door.ts'
import { noteSource } from '../sources.ts'
import { type Metadata, readContainerName } from './names.ts'
import {
  addObject,
  type ContainerRow,
  findContainer,
  noteHeard,
  type ObjectRow,
  openContainer,
  putContainer,
} from './store.ts'

/** Bodies of System, Users and Devices are words. */
const mostWordBytes = 1024 * 1024
const drySecondsMs = 60_000

export type Place = { readonly connection: string; readonly container: string; readonly name: string }
export type Taken = Pick<ObjectRow, 'md5' | 'sha256' | 'size_bytes'>

export async function takeObject(
  deps: IntakeDeps,
  scope: Scope,
  place: Place,
  metadata: Metadata,
  body: IncomingMessage,
): Promise<Taken> {
  const { kind } = readContainerName(place.container)
  const isWords = kind === 'system' || kind === 'users' || kind === 'devices'
  const now = deps.clock.nowMs()
  const container = await openFor(deps, scope, place, isWords)
  const object = deps.ids.uuid()
  const stored = isWords ? await readWords(body) : await storeBlocks(deps, scope, container, object, body)
  const base = { municipality: scope.municipality, ...place, metadata, object, ...stored }
  let recording = isWords ? null : container.recording
  for (let added = false; !added; ) {
    added = await deps.database.transaction(async (tx) => {
      // Locked: either the recording that is being put together sees this object, or the object sees that it is too late.
      const open = isWords ? container : await openContainer(tx, scope, container, deps.ids.uuid(), now)
      if (recording !== null && open.recording !== recording) {
        return false
      }
      await addObject(tx, { ...base, recording, received_at: deps.clock.nowMs() })
      await register(deps, tx, scope, place, metadata, kind)
      return true
    })
    if (!added && recording !== null) {
      const open = await openFor(deps, scope, place, false)
      await moveBlocks(deps, { ...base, recording }, open.recording)
      recording = open.recording
    }
  }
  await noteHeard(deps.database.db, scope, place.connection, {
    atMs: now,
    ...(kind === 'system' && metadata.systemname !== undefined
      ? { systemId: place.name, systemName: metadata.systemname }
      : {}),
  })
  return stored
}

/** A controller makes the container first; one that does not loses nothing by it. */
async function openFor(deps: IntakeDeps, scope: Scope, place: Place, isWords: boolean): Promise<ContainerRow> {
  const now = deps.clock.nowMs()
  const wanted = { connection: place.connection, name: place.container, metadata: {}, recording: deps.ids.uuid() }
  const known = await findContainer(deps.database.db, scope, place.connection, place.container)
  const found = known ?? (await putContainer(deps.database.db, scope, { ...wanted, heard_at: now })).row
  return isWords ? found : deps.database.transaction((tx) => openContainer(tx, scope, found, deps.ids.uuid(), now))
}

/** Its recording was kept while it came: the blocks go under the key of the one that follows. */
async function moveBlocks(
  deps: IntakeDeps,
  from: Pick<ObjectRow, 'municipality' | 'object' | 'size_bytes' | 'block_sha256'> & { readonly recording: string },
  to: string,
): Promise<void> {
  const hashes = from.block_sha256.match(/.{64}/g) ?? []
  for (const [block, sha256] of hashes.entries()) {
    const pieces: Uint8Array[] = []
    const range = { start: block * fileBlockBytes, end: (block + 1) * fileBlockBytes }
    for await (const piece of deps.evidence.files.read({ ...from, blocks: hashes.length }, range)) {
      pieces.push(piece)
    }
    const place = { municipality: from.municipality, object: from.object, block, sha256 }
    await deps.evidence.files.store(to, place, Buffer.concat(pieces))
  }
}

/** Users and devices that the controller registers wait to be matched with ours. */
export async function register(
  deps: IntakeDeps,
  tx: Parameters<typeof noteSource>[1],
  scope: Scope,
  place: Place,
  metadata: Metadata,
  kind: ReturnType<typeof readContainerName>['kind'],
): Promise<void> {
  if (kind !== 'users' && kind !== 'devices') {
    return
  }
  await noteSource(deps, tx, scope, {
    kind: kind === 'users' ? 'user' : 'camera',
    system: place.connection,
    key: place.name,
    name: [metadata.name, kind === 'users' ? metadata.userid : place.name].filter(Boolean).join(' · '),
    model: metadata.model ?? null,
    active: metadata.active?.toLowerCase() !== 'false',
  })
}

type Stored = Pick<ObjectRow, 'size_bytes' | 'sha256' | 'md5' | 'block_sha256' | 'body'>

async function readWords(body: IncomingMessage): Promise<Stored> {
  const pieces: Uint8Array[] = []
  let sizeBytes = 0
  for await (const piece of readPieces(body)) {
    sizeBytes += piece.length
    if (sizeBytes > mostWordBytes) {
      throw new Refusal('request.too-large', { limitBytes: mostWordBytes })
    }
    pieces.push(piece)
  }
  const bytes = Buffer.concat(pieces)
  return {
    size_bytes: sizeBytes,
    sha256: hash('sha256', bytes),
    md5: hash('md5', bytes),
    block_sha256: '',
    body: bytes,
  }
}

/** Bytes of memory that a body takes while it comes: one block, or all of a smaller one whose length was announced. */
export function heldFor(body: IncomingMessage): number {
  const announced = Number(body.headers['content-length'] ?? Number.NaN)
  return Number.isSafeInteger(announced) && announced >= 0 ? Math.min(announced, fileBlockBytes) : fileBlockBytes
}

/** One block is in memory at a time, whatever the clip's size. */
async function storeBlocks(
  deps: IntakeDeps,
  scope: Scope,
  container: ContainerRow,
  object: string,
  body: IncomingMessage,
): Promise<Stored> {
  const whole = createHash('sha256')
  const md5 = createHash('md5')
  const hashes: string[] = []
  const heldBytes = heldFor(body)
  let block = Buffer.allocUnsafeSlow(heldBytes)
  let filled = 0
  let sizeBytes = 0
  const flush = async (): Promise<void> => {
    const bytes = block.subarray(0, filled)
    const sha256 = hash('sha256', bytes)
    const place = { municipality: scope.municipality, object, block: hashes.length, sha256 }
    await deps.evidence.files.store(container.recording, place, bytes)
    hashes.push(sha256)
    block = Buffer.allocUnsafeSlow(heldBytes)
    filled = 0
  }
  for await (const piece of readPieces(body)) {
    whole.update(piece)
    md5.update(piece)
    sizeBytes += piece.length
    for (let at = 0; at < piece.length; ) {
      const count = Math.min(piece.length - at, heldBytes - filled)
      if (count === 0) {
        throw new Refusal('request.invalid', { where: 'body', message: 'longer than announced' })
      }
      block.set(piece.subarray(at, at + count), filled)
      filled += count
      at += count
      if (filled === fileBlockBytes) {
        if (!deps.disk.ingestOpen()) {
          throw new Refusal('installation.disk-reserve')
        }
        await flush()
      }
    }
  }
  if (filled > 0) {
    await flush()
  }
  return {
    size_bytes: sizeBytes,
    sha256: whole.digest('hex'),
    md5: md5.digest('hex'),
    block_sha256: hashes.join(''),
    body: null,
  }
}

/** The body as it comes; a connection that goes silent, or is cut before its announced end, is no object. */
async function* readPieces(body: IncomingMessage): AsyncGenerator<Uint8Array> {
  const announced = Number(body.headers['content-length'] ?? Number.NaN)
  let sizeBytes = 0
  body.setTimeout(drySecondsMs, () => body.destroy())
  try {
    for await (const piece of body) {
      sizeBytes += (piece as Uint8Array).length
      yield piece as Uint8Array
    }
  } catch {
    throw new Refusal('request.invalid', { where: 'body', message: 'cut off' })
  }
  if (!body.complete || (Number.isSafeInteger(announced) && announced !== sizeBytes)) {
    throw new Refusal('request.invalid', { where: 'body', message: 'cut off' })
  }
}
