import {
  appendLeaf,
  decodeEntryBundle,
  equal,
  type Frontier,
  frontierRoot,
  type JudgedCheckpoint,
  judgeCheckpoint,
  leafHash,
  type Trust,
  tilePath,
  tileWidth,
} from '@sereno/proof'
import type { Copy } from './copy.ts'

/** What is wrong, and where. Every code has one sentence in words.ts. */
export type Finding =
  | { readonly code: 'shrunk'; readonly kept: number; readonly size: number }
  | { readonly code: 'forked'; readonly size: number }
  | { readonly code: 'rewritten-leaf'; readonly index: number }
  | { readonly code: 'missing-leaf'; readonly index: number }
  | { readonly code: 'bad-signature'; readonly why: string }
  | { readonly code: 'missing-cosignatures'; readonly have: number; readonly want: number }
  | { readonly code: 'stale'; readonly ageS: number; readonly entries: number }
  | { readonly code: 'unreachable'; readonly why: string }
  | { readonly code: 'not-continued'; readonly index: number }

export type Audit = { readonly size: number; readonly cosigned: number; readonly findings: readonly Finding[] }

/** Answers a path of the log below `/log/`, null for 404; rejects when nobody answers. */
export type Fetch = (path: string) => Promise<Uint8Array | null>

type Rules = Pick<Trust, 'log' | 'witnesses' | 'quorum' | 'previousLogs'>

/** A checkpoint may be this old while there are entries that none covers (design §4). */
const staleAfterS = 60

/**
 * One round of an auditor: the newest checkpoint by the trusted keys, the new leaves against its root, some old leaves
 * against the copy. What is consistent is kept; what is not is named, and the copy stays as it was: it is the evidence.
 */
export async function auditOnce(
  fetchLog: Fetch,
  copy: Copy,
  rules: Rules,
  options: { readonly nowMs: number; readonly full: boolean; readonly pick: (below: number) => number },
): Promise<Audit> {
  const findings: Finding[] = []
  const done = (cosigned: number): Audit => ({ size: copy.size(), cosigned, findings })
  try {
    const bytes = await fetchLog('checkpoint')
    if (bytes === null) {
      if (copy.size() > 0) {
        findings.push({ code: 'shrunk', kept: copy.size(), size: 0 })
      }
      return done(0)
    }
    const note = Buffer.from(bytes).toString('utf8')
    const judged = await judgeCheckpoint(note, rules)
    if (!judged.ok) {
      findings.push({ code: 'bad-signature', why: judged.code })
      return done(0)
    }
    const { checkpoint, attestation } = judged.value
    const cosigned = attestation.witnesses.length
    if (cosigned < attestation.quorum) {
      findings.push({ code: 'missing-cosignatures', have: cosigned, want: attestation.quorum })
    }
    if (checkpoint.size < copy.size()) {
      findings.push({ code: 'shrunk', kept: copy.size(), size: checkpoint.size })
      return done(cosigned)
    }
    findings.push(...(await compareOld(fetchLog, copy, options)))
    findings.push(...(await takeNew(fetchLog, copy, judged.value, note)))
    findings.push(...(await checkAge(fetchLog, options.nowMs)))
    return done(cosigned)
  } catch (error) {
    findings.push({ code: 'unreachable', why: error instanceof Error ? error.message : String(error) })
    return done(0)
  }
}

/** The new leaves, added to what is held, must lead to the root that was signed. */
async function takeNew(
  fetchLog: Fetch,
  copy: Copy,
  { checkpoint }: JudgedCheckpoint,
  note: string,
): Promise<Finding[]> {
  const leaves: Uint8Array[] = []
  let frontier: Frontier = copy.frontier()
  while (frontier.size < checkpoint.size) {
    const index = Math.floor(frontier.size / tileWidth)
    const bundle = await bundleAt(fetchLog, index, checkpoint.size)
    const fresh = bundle?.slice(frontier.size - index * tileWidth)
    if (fresh === undefined || fresh.length === 0) {
      return [{ code: 'missing-leaf', index: frontier.size }]
    }
    for (const leaf of fresh) {
      leaves.push(leaf)
      frontier = (await appendLeaf(frontier, await leafHash(leaf))).frontier
    }
  }
  if (!equal(await frontierRoot(frontier), checkpoint.root)) {
    const changed = await firstChanged(fetchLog, copy, checkpoint.size)
    return [changed === null ? { code: 'forked', size: checkpoint.size } : { code: 'rewritten-leaf', index: changed }]
  }
  if (leaves.length > 0 || copy.checkpoint() !== note) {
    await copy.grow(leaves, note)
  }
  return []
}

/** A tile once served never changes: some old bundles every round, all of them when told. */
async function compareOld(
  fetchLog: Fetch,
  copy: Copy,
  { full, pick }: { readonly full: boolean; readonly pick: (below: number) => number },
): Promise<Finding[]> {
  const bundles = Math.ceil(copy.size() / tileWidth)
  const wanted = full
    ? Array.from({ length: bundles }, (_, index) => index)
    : [...new Set([bundles - 1, pick(bundles), pick(bundles)])].filter((index) => index >= 0 && index < bundles)
  for (const index of wanted) {
    const found = await changedIn(fetchLog, copy, index)
    if (found !== null) {
      return [found]
    }
  }
  return []
}

async function changedIn(fetchLog: Fetch, copy: Copy, index: number): Promise<Finding | null> {
  const first = index * tileWidth
  const held = Math.min(tileWidth, copy.size() - first)
  const bundle = await bundleAt(fetchLog, index, copy.size())
  for (let offset = 0; offset < held; offset += 1) {
    const leaf = bundle?.[offset]
    const hash = copy.hashAt(first + offset)
    if (leaf === undefined) {
      return { code: 'missing-leaf', index: first + offset }
    }
    if (hash === null || !equal(await leafHash(leaf), hash)) {
      return { code: 'rewritten-leaf', index: first + offset }
    }
  }
  return null
}

async function firstChanged(fetchLog: Fetch, copy: Copy, size: number): Promise<number | null> {
  for (let index = 0; index * tileWidth < Math.min(copy.size(), size); index += 1) {
    const found = await changedIn(fetchLog, copy, index)
    if (found?.code === 'rewritten-leaf' || found?.code === 'missing-leaf') {
      return found.index
    }
  }
  return null
}

/** Entries that no published checkpoint covers for longer than a minute, by what the log itself says of its size. */
async function checkAge(fetchLog: Fetch, nowMs: number): Promise<Finding[]> {
  const bytes = await fetchLog('status.json')
  if (bytes === null) {
    return []
  }
  const status = JSON.parse(Buffer.from(bytes).toString('utf8')) as {
    readonly size?: unknown
    readonly published?: { readonly size?: unknown; readonly at?: unknown } | null
    readonly waiting?: { readonly since?: unknown } | null
  }
  const entries = Number(status.size ?? 0) - Number(status.published?.size ?? 0)
  const since = Number(status.waiting?.since ?? status.published?.at ?? nowMs)
  const ageS = Math.floor((nowMs - since) / 1000)
  return entries > 0 && ageS > staleAfterS ? [{ code: 'stale', ageS, entries }] : []
}

async function bundleAt(fetchLog: Fetch, index: number, size: number): Promise<readonly Uint8Array[] | null> {
  const width = Math.min(tileWidth, size - index * tileWidth)
  const bytes = await fetchLog(tilePath({ level: 'entries', index, width }))
  const leaves = bytes === null ? null : decodeEntryBundle(bytes)
  return leaves === null || leaves.length < width ? null : leaves.slice(0, width)
}
