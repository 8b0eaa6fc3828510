import type { deliveryOperations, ReplyOf } from '@sereno/contracts'
import {
  consistencyProof,
  decodeLeaf,
  type FollowProblem,
  fromBase64Url,
  fromHex,
  fromUtf8,
  leafHash,
  nodesOfTiles,
  openManifest,
  parseVkey,
  sha256Hex,
  type Tile,
  toHex,
  verifyCheckpoint,
  verifyConsistency,
  verifyInclusion,
  verifyOpenings,
} from '@sereno/proof'
import type { RecordingIndex } from '../journal/recording-index.ts'

export type Cover = ReplyOf<(typeof deliveryOperations)['GET /device/recordings/:id/cover']>
/** The log that the phone pinned when it was enrolled, or followed from there. */
export type PinnedLog = { readonly origin: string; readonly vkey: string }
export type SeenTree = { readonly size: number; readonly root: string }

/**
 * `unproven`: nothing published stands for all of it yet, ask again. The others mean that what the server shows
 * contradicts the log this phone knows: it keeps its copy, and says so.
 */
export type CoverProblem = 'unproven' | 'not-this-log' | 'not-in-log' | FollowProblem
export type CoverResult =
  | { readonly ok: true; readonly seen: SeenTree }
  | { readonly ok: false; readonly problem: CoverProblem; readonly seen: SeenTree | null }

/**
 * Whether a checkpoint of the pinned log covers the whole recording, judged here and not by the server's word:
 * the note's signature by the pinned key (C2SP signed-note), the log only grown since the last checkpoint this phone saw
 * (RFC 9162 §2.1.4), the entry in it (§2.1.3), and the entry's opened fields naming what this phone signed.
 */
export async function checkCover(
  cover: Cover,
  index: RecordingIndex,
  log: PinnedLog,
  before: SeenTree | null,
  readTile: (tile: Tile) => Promise<Uint8Array>,
): Promise<CoverResult> {
  if (cover.checkpoint === null) {
    return { ok: false, problem: 'unproven', seen: null }
  }
  const vkey = await parseVkey(log.vkey)
  const checked = vkey.ok ? await verifyCheckpoint(cover.checkpoint, log.origin, [vkey.value]) : vkey
  if (!checked.ok) {
    return { ok: false, problem: 'not-this-log', seen: null }
  }
  const { size, root } = checked.value.checkpoint
  if (!(await hasOnlyGrown(before, { size, root }, readTile))) {
    return { ok: false, problem: 'log-rewritten', seen: null }
  }
  const seen = { size, root: toHex(root) }
  const standing = new Set<string>()
  for (const entry of cover.entries) {
    const fields = await fieldsInLog(entry, { size, root })
    if (fields === null) {
      return { ok: false, problem: 'not-in-log', seen }
    }
    for (const hash of await statementsNamed(fields, entry.manifest, index)) {
      standing.add(hash)
    }
  }
  return index.pieces.length > 0 && index.pieces.every(({ hash }) => standing.has(hash))
    ? { ok: true, seen }
    : { ok: false, problem: 'unproven', seen }
}

async function hasOnlyGrown(
  before: SeenTree | null,
  now: { readonly size: number; readonly root: Uint8Array },
  readTile: (tile: Tile) => Promise<Uint8Array>,
): Promise<boolean> {
  const olderRoot = before === null ? null : fromHex(before.root)
  if (before === null || olderRoot === null) {
    return true
  }
  if (before.size > now.size) {
    return false
  }
  const proof = await consistencyProof(nodesOfTiles(now.size, readTile), before.size, now.size)
  return verifyConsistency({ olderSize: before.size, olderRoot, newerSize: now.size, newerRoot: now.root, proof })
}

/** The entry's opened fields, or null when they are not what the log holds at that place. */
async function fieldsInLog(
  entry: Cover['entries'][number],
  { size, root }: { readonly size: number; readonly root: Uint8Array },
): Promise<ReadonlyMap<string, string> | null> {
  const bytes = fromBase64Url(entry.leaf)
  const leaf = bytes === null ? null : decodeLeaf(bytes)
  const proof = entry.proof.map(fromHex).filter((step) => step !== null)
  if (bytes === null || leaf === null || !leaf.ok || proof.length !== entry.proof.length) {
    return null
  }
  const isIn = await verifyInclusion({ leafHash: await leafHash(bytes), index: entry.index, size, proof, root })
  return isIn ? verifyOpenings(leaf.value, entry.openings) : null
}

/** Hashes of the statements that the entry stands for, as far as this phone signed them. */
async function statementsNamed(
  fields: ReadonlyMap<string, string>,
  manifest: string | null,
  index: RecordingIndex,
): Promise<readonly string[]> {
  if (fields.get('kind') === 'recording.head') {
    // each statement names the one before, so the head stands for all up to it
    const last = index.pieces.findIndex(({ hash }) => hash === fields.get('head'))
    return index.pieces.slice(0, last + 1).map(({ hash }) => hash)
  }
  const envelope = manifest === null ? null : fromBase64Url(manifest)
  if (envelope === null || (await sha256Hex(envelope)) !== fields.get('manifest')) {
    return []
  }
  const opened = fromUtf8(envelope) === null ? null : openManifest(envelope)
  return opened?.ok === true ? opened.value.value.statements.map(({ statement }) => statement) : []
}
