import { setImmediate as breathe } from 'node:timers/promises'
import { decodeLeaf, equal, tileWidth } from '@sereno/proof'
import { sql } from 'kysely'
import type { Db } from '../../kernel/database.ts'
import type { Signer } from '../../kernel/signer.ts'
import type { LedgerState } from './door.ts'
import { fieldsOf } from './entries.ts'
import { compareWithSigner } from './publish.ts'
import { type Log, newestStored, type SaltedValues } from './store.ts'
import { sizeOf } from './store-tree.ts'
import { commitNow, leafHashNow, nodeNow, rootNow } from './tree-hash.ts'

/** What the database turned out to be, and where: `index 17`. */
export type Comparison = { readonly state: LedgerState; readonly detail: string | null }

type Row = {
  readonly index: number
  readonly placed: Uint8Array
  readonly hash: Uint8Array | null
  readonly bytes: Uint8Array | null
  readonly fields: SaltedValues | null
  readonly excused: boolean
}

const pageRows = 2 * tileWidth

/**
 * Compares all that the database holds of a log with what was last signed and published, from the leaves up: an old copy
 * (`behind`), a tree that does not lead to what was signed (`forked`), a row that is gone (`missing`), a row or an
 * opening that says something else (`rewritten`). Reads every row; a million take about a minute, between other work.
 */
export async function compareLog(deps: { readonly db: Db; readonly signer: Signer }, log: Log): Promise<Comparison> {
  const { db } = deps
  const published = await newestStored(db, log)
  const size = await sizeOf(db, log)
  if (published !== null && published.size > size) {
    return { state: 'missing', detail: `index ${size}` }
  }
  const quick = await compareWithSigner(deps.signer, db, log, size)
  if (quick.state === 'behind') {
    return { state: 'behind', detail: `${size} of ${quick.signedSize}` }
  }
  const tree = growingRoot()
  const upTo = published?.size ?? 0
  for (let next = 0; next < upTo; ) {
    const rows = await rowsFrom(db, log, next, Math.min(pageRows, upTo - next))
    for (const row of rows) {
      const found = judge(row, next)
      if (found !== null) {
        return found
      }
      tree.add(row.placed)
      next += 1
    }
    if (rows.length === 0) {
      return { state: 'missing', detail: `index ${next}` }
    }
    await breathe()
  }
  if (published !== null && !equal(tree.root(), published.root)) {
    return { state: 'rewritten', detail: `root of ${published.size}` }
  }
  return quick.state === 'forked'
    ? { state: 'forked', detail: `size ${quick.signedSize}` }
    : { state: 'following', detail: null }
}

function judge(row: Row, expected: number): Comparison | null {
  const detail = `index ${expected}`
  if (row.index !== expected || row.bytes === null || row.hash === null) {
    return { state: 'missing', detail }
  }
  const leaf = decodeLeaf(row.bytes)
  if (!leaf.ok || !equal(leafHashNow(row.bytes), row.placed) || !equal(row.hash, row.placed)) {
    return { state: 'rewritten', detail }
  }
  if (row.fields === null) {
    return row.excused ? null : { state: 'missing', detail: `opening of ${detail}` }
  }
  return commitNow(fieldsOf(row.fields)) === leaf.value.root
    ? null
    : { state: 'rewritten', detail: `opening of ${detail}` }
}

async function rowsFrom(db: Db, log: Log, first: number, count: number): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    select p.index, p.hash as placed, l.hash, l.bytes, o.fields,
      (exists (select from leaf_lost x where x.leaf = p.leaf) or exists (select from leaf_destroyed x where x.leaf = p.leaf))
        as excused
    from leaf_place p left join leaf l on l.id = p.leaf left join leaf_opening o on o.leaf = p.leaf
    where p.origin = ${log.origin} and p.index >= ${first} and p.index < ${first + count} order by p.index`.execute(db)
  return rows.map((row) => ({ ...row, index: Number(row.index) }))
}

/** RFC 6962 root of leaves added one by one, in the memory of its right edge. */
function growingRoot() {
  const edge: { height: number; hash: Uint8Array }[] = []
  return {
    add(leaf: Uint8Array): void {
      let node = { height: 0, hash: leaf }
      for (let last = edge.at(-1); last?.height === node.height; last = edge.at(-1)) {
        edge.pop()
        node = { height: node.height + 1, hash: nodeNow(last.hash, node.hash) }
      }
      edge.push(node)
    },
    root(): Uint8Array {
      const [last, ...rest] = edge.toReversed()
      return last === undefined ? rootNow([]) : rest.reduce((right, { hash }) => nodeNow(hash, right), last.hash)
    },
  }
}
