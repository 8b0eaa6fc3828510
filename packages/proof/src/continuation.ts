import { fromHex, fromUtf8, toHex, utf8 } from './bytes.ts'
import { decodeCanonical, encodeCanonical } from './canonical-json.ts'
import { verifyCheckpoint } from './checkpoint.ts'
import { sha256Hex } from './hash.ts'
import { encodeLeaf, type LedgerLeaf, leafShape, type Opening, openingShape, verifyOpenings } from './leaf.ts'
import { consistencyProof, leafHash, verifyConsistency, verifyInclusion } from './merkle.ts'
import { parseVkey } from './note-key.ts'
import { accept, type Result, refuse } from './result.ts'
import { hash, list, oneOf, shape, text } from './shape.ts'
import { nodesOfTiles, type Tile } from './tiles.ts'

/**
 * An entry of a log, opened, with its place under a checkpoint: the last one, under the last checkpoint, of a log that another
 * one continues; or the first one of a log that continues another.
 */
export type Continuation = {
  readonly format: 1
  readonly leaf: LedgerLeaf
  readonly openings: readonly Opening[]
  readonly proof: readonly string[]
  /** A signed note. */
  readonly checkpoint: string
}

/** Which log goes on, as the old one's own keys say it. */
export type Successor = {
  readonly origin: string
  readonly keys: readonly string[]
  /** Where the old one ended. */
  readonly size: number
  readonly root: Uint8Array
}

const continuationShape = shape<Continuation>({
  format: oneOf(1),
  leaf: leafShape,
  openings: list(openingShape, 64),
  proof: list(hash, 64),
  checkpoint: text(/^.{1,200000}$/su),
})

export function encodeContinuation(continuation: Continuation): string {
  const { leaf, openings, proof, checkpoint, format } = continuation
  const json = {
    format,
    leaf: { ...leaf },
    openings: openings.map((one) => ({ ...one })),
    proof: [...proof],
    checkpoint,
  }
  return fromUtf8(encodeCanonical(json)) ?? ''
}

/**
 * Follows a log to the one that continues it: the entry must be the very last under a checkpoint signed by the keys that
 * were known, and names the new origin and keys. Null for anything else.
 */
export async function followContinuation(
  json: string,
  known: { readonly origin: string; readonly keys: readonly string[] },
): Promise<Successor | null> {
  const opened = await openAt(json, known, (size) => size - 1)
  if (opened === null) {
    return null
  }
  const { fields, size, root } = opened
  const origin = fields.get('nextOrigin')
  const keys = fields.get('nextKeys')?.split(' ') ?? []
  const isNamed = fields.get('kind') === 'ledger.closed' && origin !== undefined && keys.length > 0
  return isNamed ? { origin, keys, size, root } : null
}

/** A log as a follower knows it: its origin, its verifier keys, and the newest tree of it that was seen. */
export type KnownLog = {
  readonly origin: string
  readonly keys: readonly string[]
  readonly seen: { readonly size: number; readonly root: Uint8Array } | null
}

/** What a log shows of itself under `/log/of/<origin>/`; null where there is nothing. */
export type LogReader = {
  readonly continuation: (origin: string) => Promise<string | null>
  readonly beginning: (origin: string) => Promise<string | null>
  readonly tile: (origin: string, tile: Tile) => Promise<Uint8Array>
}

/**
 * `not-continued`: the known log does not say, by its own keys, that it goes on there. `log-rewritten`: it ended with another
 * tree than the one that was seen. `begins-elsewhere`: the new log does not begin with the old one's end.
 */
export type FollowProblem = 'not-continued' | 'log-rewritten' | 'begins-elsewhere'

const mostLogs = 32

/**
 * Follows a known log to the one of the wanted origin, over as many as lie between, and trusts nobody: each log's last entry,
 * under its own keys, names the next one's; what was seen of it is part of how it ended; and the next one's first entry
 * commits to that end.
 *
 * @example
 * // const now = await followLog(pinned, originOf(checkpoint), overHttp)
 * // if (now.ok) pin(now.value)
 */
export async function followLog(
  known: KnownLog,
  wanted: string,
  reader: LogReader,
): Promise<Result<KnownLog, FollowProblem>> {
  let log = known
  for (let passed = 0; log.origin !== wanted; passed += 1) {
    const json = passed < mostLogs ? await reader.continuation(log.origin) : null
    const next = json === null ? null : await followContinuation(json, log)
    if (json === null || next === null || next.origin === log.origin) {
      return refuse('not-continued')
    }
    if (!(await endedAsSeen(log, next, reader))) {
      return refuse('log-rewritten')
    }
    const begun = await reader.beginning(next.origin)
    const seen = begun === null ? null : await beginningOf(begun, next, { origin: log.origin, continuation: json })
    if (seen === null) {
      return refuse('begins-elsewhere')
    }
    log = { origin: next.origin, keys: next.keys, seen }
  }
  return accept(log)
}

async function endedAsSeen({ origin, seen }: KnownLog, end: Successor, reader: LogReader): Promise<boolean> {
  if (seen === null) {
    return true
  }
  if (seen.size > end.size) {
    return false
  }
  const nodes = nodesOfTiles(end.size, (tile) => reader.tile(origin, tile))
  const proof = await consistencyProof(nodes, seen.size, end.size)
  const trees = { olderSize: seen.size, olderRoot: seen.root, newerSize: end.size, newerRoot: end.root }
  return verifyConsistency({ ...trees, proof })
}

/** The tree that the first entry was shown in, when that entry commits to where the other log ended. */
async function beginningOf(
  json: string,
  log: Successor,
  previous: { readonly origin: string; readonly continuation: string },
): Promise<KnownLog['seen']> {
  const opened = await openAt(json, log, () => 0)
  const last = readContinuation(previous.continuation)
  if (opened === null || last === null) {
    return null
  }
  const wanted = {
    kind: 'ledger.continued',
    previousOrigin: previous.origin,
    previousSize: String(log.size),
    previousRoot: toHex(log.root),
    previousCheckpoint: await sha256Hex(utf8(last.checkpoint)),
  }
  const isSaid = Object.entries(wanted).every(([name, value]) => opened.fields.get(name) === value)
  return isSaid ? { size: opened.size, root: opened.root } : null
}

/** The fields of an entry that stands at a place under a checkpoint signed by these keys; null for anything else. */
async function openAt(
  json: string,
  known: { readonly origin: string; readonly keys: readonly string[] },
  placeIn: (size: number) => number,
): Promise<{ readonly fields: ReadonlyMap<string, string>; readonly size: number; readonly root: Uint8Array } | null> {
  const read = readContinuation(json)
  if (read === null) {
    return null
  }
  const parsed = await Promise.all(known.keys.map(parseVkey))
  const verifiers = parsed.flatMap((result) => (result.ok ? [result.value] : []))
  const verified = await verifyCheckpoint(read.checkpoint, known.origin, verifiers)
  const fields = await verifyOpenings(read.leaf, read.openings)
  if (!verified.ok || fields === null) {
    return null
  }
  const { size, root } = verified.value.checkpoint
  const proof = read.proof.map(fromHex).filter((step) => step !== null)
  const leaf = await leafHash(encodeLeaf(read.leaf))
  const isThere = await verifyInclusion({ leafHash: leaf, index: placeIn(size), size, proof, root })
  return isThere ? { fields, size, root } : null
}

function readContinuation(json: string): Continuation | null {
  const decoded = decodeCanonical(utf8(json))
  return (decoded.ok ? continuationShape(decoded.value) : undefined) ?? null
}
