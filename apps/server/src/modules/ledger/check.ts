import {
  commitFields,
  decodeLeaf,
  emptyFrontier,
  equal,
  type Frontier,
  frontierRoot,
  leafHash,
  parseVkey,
  tileWidth,
  toHex,
  verifyCheckpoint,
} from '@sereno/proof'
import type { Finding } from '../../kernel/checker.ts'
import type { Database } from '../../kernel/database.ts'
import type { Signer } from '../../kernel/signer.ts'
import { type CheckedLeaf, checkpointsOf, forgottenLeaves, leavesToCheck, nodeHash } from './check-store.ts'
import { fieldsOf } from './entries.ts'
import { extend } from './frontier.ts'
import type { Mirror } from './mirror.ts'
import { leavesOf } from './mirror.ts'
import type { Log } from './store.ts'

type Report = (finding: Finding) => void

/**
 * Recomputes a log from its leaves and compares it with everything that was derived from them: places, tree nodes,
 * openings, every published checkpoint, the signer's last one and the mirror. Answers how many leaves it read.
 */
export async function checkLog(
  deps: {
    readonly database: Database
    readonly signer: Signer
    readonly mirror: Mirror
    readonly vkeys: readonly string[]
  },
  log: Log,
  report: Report,
): Promise<number> {
  const { db } = deps.database
  const published = new Map((await checkpointsOf(db, log)).map((point) => [point.size, point]))
  const signed = await deps.signer.lastCheckpoint(log.origin)
  let frontier: Frontier = emptyFrontier

  for (;;) {
    const leaves = await leavesToCheck(db, log, frontier.size, tileWidth)
    await Promise.all(leaves.map((leaf) => checkLeaf(log, leaf, report)))
    for (const leaf of leaves) {
      if (leaf.index !== frontier.size) {
        report({ code: 'ledger.index-missing', detail: `${log.origin} ${frontier.size}` })
        return frontier.size
      }
      const grown = extend(frontier, [leaf.hash])
      frontier = grown.frontier
      for (const node of grown.nodes) {
        const held = await nodeHash(db, log, node.level, node.index)
        if (held === null || !equal(held, node.hash)) {
          report({ code: 'ledger.node-wrong', detail: `${log.origin} ${node.level}/${node.index}` })
        }
      }
      const point = published.get(frontier.size)
      const root = point !== undefined || signed?.size === frontier.size ? await frontierRoot(frontier) : null
      if (point !== undefined && root !== null && !equal(point.root, root)) {
        report({ code: 'ledger.checkpoint-wrong', detail: `${log.origin} ${point.size}` })
      }
      if (signed?.size === frontier.size && root !== null && !equal(signed.root, root)) {
        report({ code: 'ledger.forked', detail: `${log.origin} ${signed.size}` })
      }
    }
    if (leaves.length < tileWidth) {
      break
    }
  }

  const newest = [...published.values()].reduce((size, point) => Math.max(size, point.size), 0)
  if (newest > frontier.size) {
    report({ code: 'ledger.leaves-missing', detail: `${log.origin} ${frontier.size} of ${newest}` })
  }
  if ((signed?.size ?? 0) > frontier.size) {
    report({ code: 'ledger.behind', detail: `${log.origin} ${frontier.size} of ${signed?.size}` })
  }
  for (const leaf of await forgottenLeaves(db, log)) {
    report({ code: 'ledger.leaf-forgotten', detail: leaf })
  }
  await checkNote(deps.vkeys, log, published.get(newest)?.note ?? null, report)
  await checkMirror(deps, log, Math.min(newest, frontier.size), report)
  return frontier.size
}

async function checkLeaf(log: Log, leaf: CheckedLeaf, report: Report): Promise<void> {
  const decoded = decodeLeaf(leaf.bytes)
  const hash = await leafHash(leaf.bytes)
  if (!decoded.ok || !equal(hash, leaf.hash) || !equal(hash, leaf.placedHash)) {
    report({ code: 'ledger.leaf-wrong', detail: leaf.id })
    return
  }
  if (decoded.value.municipality !== log.municipality || decoded.value.kind !== leaf.coarse) {
    report({ code: 'ledger.leaf-misfiled', detail: leaf.id })
  }
  if (leaf.fields === null) {
    if (!leaf.lost && !leaf.destroyed) {
      report({ code: 'ledger.opening-missing', detail: leaf.id })
    }
    return
  }
  const root = await commitFields(fieldsOf(leaf.fields)).catch(() => null)
  if (root !== decoded.value.root) {
    report({ code: 'ledger.opening-wrong', detail: leaf.id })
  }
}

async function checkNote(vkeys: readonly string[], log: Log, note: string | null, report: Report): Promise<void> {
  if (note === null) {
    return
  }
  const parsed = await Promise.all(vkeys.map(parseVkey))
  const verifiers = parsed.flatMap((result) => (result.ok ? [result.value] : []))
  const verified = await verifyCheckpoint(note, log.origin, verifiers)
  if (!verified.ok) {
    report({ code: 'ledger.signature-wrong', detail: `${log.origin} ${verified.code}` })
  }
}

async function checkMirror(
  deps: { readonly database: Database; readonly mirror: Mirror },
  log: Log,
  size: number,
  report: Report,
): Promise<void> {
  let first = 0
  for await (const bundle of leavesOf(deps.mirror.read, size)) {
    const held = await leavesToCheck(deps.database.db, log, first, Math.min(tileWidth, size - first))
    const same =
      bundle?.leaves.length === held.length &&
      bundle.leaves.every((leaf, offset) => toHex(leaf) === toHex(held[offset]?.bytes ?? new Uint8Array(0)))
    if (!same) {
      report({ code: 'ledger.mirror-wrong', detail: `${log.origin} bundle ${first / tileWidth}` })
    }
    first += tileWidth
  }
}
