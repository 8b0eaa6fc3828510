import { openStatement, parseUpload, sha256Hex, statementHash } from '@sereno/proof'
import type { Folder } from './folder.ts'
import {
  applyRecord,
  emptyIndex,
  type LogRecord,
  lastPiece,
  mayErase,
  type RecordingIndex,
  type Signed,
} from './recording-index.ts'
import type { SealBody } from './seal.ts'
import { openLog, readJson, readSealed, type SealedLog, seal, type VaultKey, writeJson } from './vault.ts'

/** Where the device stands: the next counter, and the hash that the next recording names as the one before. */
export type Head = { readonly nextCounter: number; readonly lastHash: string | null }

/** The phone's own memory of what it signed. All of it survives a kill at any instant. */
export type Journal = {
  readonly recordings: () => readonly RecordingIndex[]
  readonly recording: (id: string) => RecordingIndex | null
  readonly head: () => Head
  /** A phone that lost its journal goes on after what the server has seen. It is told again at each start. */
  readonly adopt: (head: Head) => Promise<void>
  readonly open: (id: string, atMs: number, sos: boolean) => Promise<void>
  readonly commit: (id: string, signed: Signed, body: Uint8Array) => Promise<void>
  readonly note: (id: string, record: LogRecord) => Promise<void>
  /** The upload body of a statement, or null when it was erased or sealed away. */
  readonly body: (id: string, sequence: number) => Promise<Uint8Array<ArrayBuffer> | null>
  /** The same, as it was sealed to the installation; null when it was not. */
  readonly sealedBody: (id: string, sequence: number) => Promise<Uint8Array<ArrayBuffer> | null>
  /** Seals what lies here of a recording that has ended, so that this phone cannot open it any more. Says how many. */
  readonly sealAway: (id: string, seal: SealBody) => Promise<number>
  /** Nothing happens to a piece without a receipt, or whose receipt says quarantined. */
  readonly erase: (id: string, sequence: number) => Promise<void>
  readonly forget: (id: string) => Promise<void>
  /** Lets go of the files: a re-enrolled phone opens them again. */
  readonly close: () => void
}

type Entry = { readonly index: RecordingIndex; readonly log: SealedLog<LogRecord>; readonly folder: Folder }
const reserveName = 'reserve'
const reserveBytes = 256 * 1024

type HeadSlot = Head & { readonly generation: number }

/**
 * Opens the journal and repairs what a kill left behind.
 *
 * Order of a statement, and what a kill at each step means:
 * 1. the sealed body (statement and media) is written and flushed: torn, it does not open and is removed; the
 *    signature in it was never seen by anybody, and the number is used again;
 * 2. the recording's log gets its record, flushed: missing, it is rebuilt here from the body of step 1;
 * 3. the head gets the next counter, flushed: missing, it follows from the log, so a head that cannot be written (a full
 *    disk) fails nothing; it is written before a log with statements in it may go;
 * 4. only now the uploader and the screen hear of it. So no number that left the phone is ever signed twice.
 */
export async function openJournal(root: Folder, vault: VaultKey): Promise<Journal> {
  const shelf = await root.folder('recordings')
  const entries = new Map<string, Entry>()
  /** Recordings with nothing left to seal, so that a round costs no reading. */
  const boxed = new Set<string>()
  for (const id of await shelf.names()) {
    entries.set(id, await openEntry(await shelf.folder(id), id, vault))
  }
  if ((await root.read(reserveName)) === null) {
    await root.write(reserveName, new Uint8Array(reserveBytes)).catch(() => undefined)
  }
  let slot = await readHead(root, vault)
  let isHeadBehind = false
  for (const { index } of entries.values()) {
    const last = lastPiece(index)
    if (last !== null && last.counter >= slot.nextCounter) {
      slot = { ...slot, nextCounter: last.counter + 1, lastHash: last.hash }
      isHeadBehind = true
    }
  }

  const keepHead = async (): Promise<void> => {
    const generation = slot.generation + 1
    // a slot that was not written whole is the one that is tried again: the other still opens
    await writeJson(vault, root, `head-${generation % 2}`, 'head', { ...slot, generation })
    slot = { ...slot, generation }
    isHeadBehind = false
  }
  const moveHead = async (head: Head): Promise<void> => {
    // in memory first: whatever the disk does with the head, this number is taken
    slot = { ...slot, ...head }
    isHeadBehind = true
    await keepHead().catch(() => undefined)
  }
  const entryOf = (id: string): Entry => {
    const entry = entries.get(id)
    if (entry === undefined) {
      throw new RangeError('no such recording on this phone')
    }
    return entry
  }
  const note = async (id: string, record: LogRecord): Promise<void> => {
    const entry = entryOf(id)
    await entry.log.append(record)
    applyRecord(entry.index, record)
  }

  return {
    recordings: () => [...entries.values()].map((entry) => entry.index).sort((a, b) => a.openedAtMs - b.openedAtMs),
    recording: (id) => entries.get(id)?.index ?? null,
    head: () => ({ nextCounter: slot.nextCounter, lastHash: slot.lastHash }),
    adopt: async (head) => {
      if (head.nextCounter > slot.nextCounter) {
        await moveHead(head)
      }
    },
    open: async (id, atMs, sos) => {
      entries.set(id, await openEntry(await shelf.folder(id), id, vault))
      await note(id, { kind: 'opened', atMs, sos })
    },
    commit: async (id, signed, body) => {
      const { folder } = entryOf(id)
      const name = bodyName(signed.sequence)
      const write = async (): Promise<void> => {
        try {
          await folder.write(name, await seal(vault, bodyLabel(id, signed.sequence), body))
          await note(id, { kind: 'statement', ...signed })
        } catch (error) {
          await folder.remove(name)
          throw error
        }
      }
      await write().catch(async (error: unknown) => {
        // a full disk must not keep a recording from its signed end: room was put by for that
        if (signed.what === 'media' || (await root.read(reserveName)) === null) {
          throw error
        }
        await root.remove(reserveName)
        await write()
      })
      await moveHead({ nextCounter: signed.counter + 1, lastHash: signed.hash })
    },
    note,
    sealedBody: (id, sequence) => entryOf(id).folder.read(boxName(sequence)),
    sealAway: async (id, seal) => {
      const entry = entryOf(id)
      if (entry.index.stopReason === null || boxed.has(id)) {
        return 0
      }
      const count = await sealEntry(entry, id, vault, seal)
      boxed.add(id)
      return count
    },
    body: async (id, sequence) => readSealed(vault, entryOf(id).folder, bodyName(sequence), bodyLabel(id, sequence)),
    erase: async (id, sequence) => {
      const { index, folder } = entryOf(id)
      const piece = index.pieces[sequence]
      if (piece !== undefined && mayErase(piece)) {
        // the record first: a kill between the two leaves a file that the next start removes
        await note(id, { kind: 'erased', sequence })
        await folder.remove(bodyName(sequence))
        await folder.remove(boxName(sequence))
      }
    },
    forget: async (id) => {
      const { index, log } = entryOf(id)
      if (isHeadBehind && index.pieces.length > 0) {
        await keepHead()
      }
      log.close()
      entries.delete(id)
      await shelf.remove(id)
    },
    close: () => {
      for (const { log } of entries.values()) {
        log.close()
      }
    },
  }
}

async function openEntry(folder: Folder, id: string, vault: VaultKey): Promise<Entry> {
  const { records, log } = await openLog<LogRecord>(vault, folder, 'log', `log/${id}`)
  const index = emptyIndex(id)
  for (const record of records) {
    applyRecord(index, record)
  }
  const onDisk = (await folder.names()).map(sequenceOf).filter((sequence) => sequence !== null)
  for (const sequence of onDisk.toSorted((a, b) => a - b)) {
    const piece = index.pieces[sequence]
    if (piece?.state === 'erased') {
      await folder.remove(bodyName(sequence))
    } else if (piece === undefined) {
      await takeUp({ folder, id, vault, index, log }, sequence)
    }
  }
  await dropBoxes(folder, index, new Set(onDisk))
  return { index, log, folder }
}

// A box beside its body may be torn, and the body seals again; one that was erased is of no use to anybody.
async function dropBoxes(folder: Folder, index: RecordingIndex, bodies: ReadonlySet<number>): Promise<void> {
  for (const name of await folder.names()) {
    const sequence = placeOf(name, 'box')
    if (sequence !== null && (bodies.has(sequence) || index.pieces[sequence]?.state === 'erased')) {
      await folder.remove(name)
    }
  }
}

/**
 * Seals the bodies of one recording, each by itself. What a kill at each step means:
 * 1. the box is written and flushed: torn or whole, the body is still there, and the next start seals it again;
 * 2. the body is removed: from here on the box is the only copy, and it is whole.
 */
async function sealEntry(entry: Entry, id: string, vault: VaultKey, seal: SealBody): Promise<number> {
  const { index, folder } = entry
  let count = 0
  for (const piece of [...index.pieces]) {
    const { sequence } = piece
    const body =
      piece.state === 'erased' ? null : await readSealed(vault, folder, bodyName(sequence), bodyLabel(id, sequence))
    if (body === null) {
      continue
    }
    await folder.write(boxName(sequence), await seal(id, sequence, body))
    await folder.remove(bodyName(sequence))
    count += 1
    if (index.pieces[sequence]?.state === 'erased') {
      // it was confirmed and erased while it was being sealed
      await folder.remove(boxName(sequence))
    }
  }
  return count
}

// A body without a record: the kill came between steps 1 and 2.
async function takeUp(
  entry: Entry & { readonly id: string; readonly vault: VaultKey },
  sequence: number,
): Promise<void> {
  const body = await readSealed(entry.vault, entry.folder, bodyName(sequence), bodyLabel(entry.id, sequence))
  const signed = body === null || sequence !== entry.index.pieces.length ? null : await describeBody(body)
  if (signed === null) {
    await entry.folder.remove(bodyName(sequence))
    return
  }
  await entry.log.append({ kind: 'statement', ...signed })
  applyRecord(entry.index, { kind: 'statement', ...signed })
}

/** What the index remembers of an upload body; null when it is none. */
export async function describeBody(body: Uint8Array): Promise<Signed | null> {
  const upload = parseUpload(body)
  const opened = upload.ok ? openStatement(upload.value.envelope) : null
  if (!upload.ok || opened === null || !opened.ok) {
    return null
  }
  const { kind, body: statement } = opened.value.statement
  if (kind === 'file') {
    // other people's cameras make those, a phone never
    return null
  }
  return {
    sequence: statement.sequence,
    counter: statement.counter,
    what: kind,
    hash: await statementHash(upload.value.envelope),
    mediaSha256: kind === 'media' ? await sha256Hex(upload.value.media) : null,
    sizeBytes: body.length,
    durationMs:
      kind === 'media'
        ? Math.round((statement.duration * 1000) / statement.timescale)
        : kind === 'gap'
          ? statement.missingMs
          : 0,
    wallClockMs: statement.wallClockMs,
    preEvent: kind === 'media' && statement.preEvent,
    reason: kind === 'media' ? null : statement.reason,
  }
}

// Two slots in turn, so that a kill while one is written leaves the other.
async function readHead(root: Folder, vault: VaultKey): Promise<HeadSlot> {
  const slots = [
    await readJson<HeadSlot>(vault, root, 'head-0', 'head'),
    await readJson<HeadSlot>(vault, root, 'head-1', 'head'),
  ]
  return slots.reduce<HeadSlot>(
    (newest, slot) => (slot !== null && slot.generation > newest.generation ? slot : newest),
    { nextCounter: 0, lastHash: null, generation: 0 },
  )
}

function bodyName(sequence: number): string {
  return `${sequence}.seg`
}
function boxName(sequence: number): string {
  return `${sequence}.box`
}
function bodyLabel(id: string, sequence: number): string {
  return `body/${id}/${sequence}`
}
function sequenceOf(name: string): number | null {
  return placeOf(name, 'seg')
}
function placeOf(name: string, kind: 'seg' | 'box'): number | null {
  const match = /^(\d{1,10})\.(seg|box)$/.exec(name)
  return match?.[2] === kind ? Number(match[1]) : null
}
