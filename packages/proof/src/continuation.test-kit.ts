import { concatAll, toHex, utf8 } from './bytes.ts'
import { signCheckpoint } from './checkpoint.ts'
import { encodeContinuation, type LogReader } from './continuation.ts'
import { sha256Hex } from './hash.ts'
import { type Signer, signerFromSeed } from './keys.ts'
import { commitFields, encodeLeaf, type Field, openFields } from './leaf.ts'
import { inclusionProof, leafHash, type Nodes, nodesOf, rootOf } from './merkle.ts'
import { encodeVkey } from './note-key.ts'
import type { Tile } from './tiles.ts'

const municipality = '44444444-4444-4444-8444-444444444444'
const origins = ['1', '2', '3'].map((digit) => `${digit.repeat(8)}-1111-4111-8111-111111111111`)

export type TestLog = {
  readonly origin: string
  readonly signer: Signer
  readonly vkey: string
  readonly size: number
  readonly nodes: Nodes
  readonly root: Uint8Array
  /** Root of its first leaves. */
  readonly rootAt: (size: number) => Promise<Uint8Array>
  readonly note: string
  readonly continuation: string | null
  readonly beginning: string | null
}

export type Changes = {
  /** Fields of an entry that differ from what they should say. */
  readonly closed?: Readonly<Record<string, string>>
  readonly continued?: Readonly<Record<string, string>>
  /** Who signs the closing checkpoint instead of the log. */
  readonly signedBy?: Signer
  /** Leaves after the closing entry. */
  readonly after?: number
}

/** Logs of which each continues the one before, with more leaves as they go; the last one still grows. */
export async function continuedLogs(count: number, changes: Changes = {}): Promise<readonly TestLog[]> {
  const logs: TestLog[] = []
  let leaves: Uint8Array[] = await Promise.all(
    Array.from({ length: 600 }, (_, place) => leafHash(utf8(`leaf ${place}`))),
  )
  for (const [place, origin] of origins.slice(0, count).entries()) {
    const signer = await keyOf(place)
    const before = logs.at(-1)
    const first = before === undefined ? null : await continuedEntry(before, changes)
    const last = place + 1 < count ? await closedEntry(place + 1, changes) : null
    leaves = [
      ...(first === null ? [] : [await leafHash(first.bytes)]),
      ...leaves,
      ...(last === null ? [] : [await leafHash(last.bytes)]),
      ...(last === null ? [] : await more(changes.after ?? 0)),
    ]
    const nodes = nodesOf(leaves)
    const size = leaves.length
    const root = await rootOf(leaves)
    const by = last === null ? signer : (changes.signedBy ?? signer)
    const note = await signCheckpoint({ origin, size, root, extensions: [] }, by)
    const shown = async (entry: Entry | null, index: number): Promise<string | null> =>
      entry === null
        ? null
        : encodeContinuation({
            format: 1,
            leaf: entry.leaf,
            openings: await openFields(entry.fields),
            proof: (await inclusionProof(nodes, index, size)).map(toHex),
            checkpoint: note,
          })
    const all = leaves
    logs.push({
      origin,
      signer,
      vkey: await encodeVkey(origin, signer.key),
      size,
      nodes,
      root,
      rootAt: (older) => rootOf(all.slice(0, older)),
      note,
      continuation: await shown(last, size - 1 - (changes.after ?? 0)),
      beginning: await shown(first, 0),
    })
  }
  return logs
}

/** What these logs show of themselves. */
export function readerOf(logs: readonly TestLog[]): LogReader {
  const find = (origin: string): TestLog | undefined => logs.find((log) => log.origin === origin)
  return {
    continuation: async (origin) => find(origin)?.continuation ?? null,
    beginning: async (origin) => find(origin)?.beginning ?? null,
    tile: async (origin, { level, index, width }: Tile) => {
      const nodes = find(origin)?.nodes
      const parts = Array.from({ length: width }, (_, place) => nodes?.(Number(level) * 8, index * 256 + place))
      return concatAll((await Promise.all(parts)).filter((part) => part !== undefined))
    },
  }
}

type Entry = {
  readonly fields: readonly Field[]
  readonly leaf: Parameters<typeof encodeLeaf>[0]
  readonly bytes: Uint8Array
}

async function closedEntry(next: number, changes: Changes): Promise<Entry> {
  const nextOrigin = origins[next] ?? ''
  const nextKeys = await encodeVkey(nextOrigin, (await keyOf(next)).key)
  return entryOf({ kind: 'ledger.closed', nextOrigin, nextKeys, ...changes.closed })
}

async function continuedEntry(before: TestLog, changes: Changes): Promise<Entry> {
  return entryOf({
    kind: 'ledger.continued',
    previousOrigin: before.origin,
    previousSize: String(before.size),
    previousRoot: toHex(before.root),
    previousCheckpoint: await sha256Hex(utf8(before.note)),
    ...changes.continued,
  })
}

async function entryOf(said: Readonly<Record<string, string>>): Promise<Entry> {
  const fields = Object.entries(said).map(([name, value], place) => ({
    name,
    value,
    salt: new Uint8Array(32).fill(place + 1),
  }))
  const leaf = { version: 1, kind: 'installation', municipality, root: await commitFields(fields) } as const
  return { fields, leaf, bytes: encodeLeaf(leaf) }
}

async function more(count: number): Promise<readonly Uint8Array[]> {
  return Promise.all(Array.from({ length: count }, (_, place) => leafHash(utf8(`after ${place}`))))
}

async function keyOf(place: number): Promise<Signer> {
  return signerFromSeed(new Uint8Array(32).fill(40 + place))
}
