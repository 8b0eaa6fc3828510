/**
 * The list of destroyed recordings, outside the database and its backups: one line of JSON for each, with the entry that
 * says so, opened, and its proof up to a signed checkpoint. Anybody may keep a copy (`GET /log/tombstones`). Whoever
 * restores an older copy of the installation puts the newest list beside it; the server destroys again what is on it
 * before it answers anybody. A line proves itself: a forged list destroys nothing.
 */
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises'
import path from 'node:path'
import { type CustodyProof, decodeLeaf, isIncluded, openEntry, parseVkey, toHex, verifyCheckpoint } from '@sereno/proof'
import { fsyncFolder } from '../../kernel/directory-sync.ts'
import type { EntryProof, Ledger } from '../ledger/index.ts'

export type Tombstone = {
  readonly format: 1
  readonly recording: string
  readonly municipality: string
  readonly destroyedAtMs: number
  readonly finalAtMs: number
  readonly entry: CustodyProof
  readonly checkpoint: string
}

export type TombstoneFile = {
  readonly read: () => Promise<readonly Tombstone[]>
  /** Durable when it answers. Writing the same again is harmless: the first line counts. */
  readonly add: (stones: readonly Tombstone[]) => Promise<void>
  readonly text: () => Promise<string>
}

export const tombstoneKind = 'recording.destroyed'

export function openTombstones(dataFolder: string): TombstoneFile {
  // Beside the published log: whoever copies that, copies this.
  const folder = path.join(dataFolder, 'ledger')
  const file = path.join(folder, 'tombstones.jsonl')

  async function text(): Promise<string> {
    try {
      return await readFile(file, 'utf8')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
        return ''
      }
      throw error
    }
  }

  return {
    text,
    async read() {
      const known = new Map<string, Tombstone>()
      for (const line of (await text()).split('\n')) {
        const stone = parse(line)
        if (stone !== null && !known.has(stone.recording)) {
          known.set(stone.recording, stone)
        }
      }
      return [...known.values()]
    },
    async add(stones) {
      await mkdir(folder, { recursive: true })
      const before = await text()
      // A crash in the middle of an append leaves half a line, which is no tombstone: the next one begins its own.
      const lines = stones.map((stone) => `${JSON.stringify(stone)}\n`).join('')
      const handle: FileHandle = await open(file, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, 0o644)
      try {
        await handle.writeFile(before === '' || before.endsWith('\n') ? lines : `\n${lines}`)
        await handle.datasync()
      } finally {
        await handle.close()
      }
      await fsyncFolder(folder)
    },
  }
}

function parse(line: string): Tombstone | null {
  try {
    const value: unknown = JSON.parse(line)
    const isOne =
      typeof value === 'object' && value !== null && 'recording' in value && 'entry' in value && 'checkpoint' in value
    return isOne ? (value as Tombstone) : null
  } catch {
    return null
  }
}

/** The line for a published entry; null when its opening was lost. */
export function tombstoneOf(
  proof: EntryProof,
  about: Pick<Tombstone, 'recording' | 'municipality' | 'destroyedAtMs' | 'finalAtMs'>,
): Tombstone | null {
  const leaf = decodeLeaf(proof.leaf)
  if (!leaf.ok || proof.openings === null) {
    return null
  }
  const entry = { index: proof.index, leaf: leaf.value, openings: proof.openings, proof: proof.proof.map(toHex) }
  return { format: 1, ...about, entry, checkpoint: proof.checkpoint }
}

/** A key that signs or signed our log, and up to which size it may speak: null for the one in force. */
export type LogKey = { readonly vkey: string; readonly size: number | null }

/** The log's own key, and those of the logs that it continues: what they proved stays proved. */
export async function logKeys(ledger: Pick<Ledger, 'vkey' | 'trusted'>): Promise<readonly LogKey[]> {
  const { previousLogs } = await ledger.trusted()
  return [
    { vkey: await ledger.vkey(), size: null },
    ...(previousLogs ?? []).flatMap(({ keys, size }) => keys.map((vkey) => ({ vkey, size }))),
  ]
}

/** Whether the line says the truth: a log that one of these keys signs holds an entry of the recording's destruction. */
export async function isTrue(stone: Tombstone, keys: readonly LogKey[]): Promise<boolean> {
  for (const key of keys) {
    if (await isTrueBy(stone, key)) {
      return true
    }
  }
  return false
}

async function isTrueBy(stone: Tombstone, { vkey, size }: LogKey): Promise<boolean> {
  const verifier = await parseVkey(vkey)
  const entry = await openEntry(stone.entry).catch(() => null)
  if (!verifier.ok || entry === null) {
    return false
  }
  const signed = await verifyCheckpoint(stone.checkpoint, verifier.value.name, [verifier.value])
  return (
    signed.ok &&
    // A key that was given up proves nothing after the checkpoint its log was closed at.
    (size === null || signed.value.checkpoint.size <= size) &&
    entry.fields.get('kind') === tombstoneKind &&
    entry.fields.get('recording') === stone.recording &&
    entry.leaf.municipality === stone.municipality &&
    (await isIncluded(stone.entry, signed.value.checkpoint))
  )
}
