import {
  commitFields,
  encodeLeaf,
  encodeVkey,
  type Field,
  inclusionProof,
  leafHash,
  type Nodes,
  nodesOf,
  openFields,
  rootOf,
  type Signer,
  signCheckpoint,
  signerFromSeed,
  type Tile,
  toBase64Url,
  toHex,
  utf8,
} from '@sereno/proof'
import { beforeAll, expect, test } from 'vitest'
import { applyRecord, emptyIndex, type RecordingIndex } from '../journal/recording-index.ts'
import { type Cover, checkCover, type PinnedLog } from './cover.ts'

const origin = '99999999-9999-4999-8999-999999999999'
const municipality = '44444444-4444-4444-8444-444444444444'
let signer: Signer
let log: PinnedLog
beforeAll(async () => {
  signer = await signerFromSeed(new Uint8Array(32).fill(3))
  log = { origin, vkey: await encodeVkey(origin, signer.key) }
})

test('a head in the pinned log, named by what the phone itself signed, lets a copy go', async () => {
  const { cover, tree } = await published(await headOf('2'.repeat(64)))
  expect(await checkCover(cover, recording(), log, null, tree.readTile)).toMatchObject({
    ok: true,
    seen: { size: 700 },
  })
  const grown = await checkCover(cover, recording(), log, await tree.at(300), tree.readTile)
  expect(grown.ok).toBe(true)
})

test('a head that stands for a part only, or for another recording, covers nothing yet', async () => {
  for (const hash of ['1'.repeat(64), 'f'.repeat(64)]) {
    const { cover, tree } = await published(await headOf(hash))
    expect(await checkCover(cover, recording(), log, null, tree.readTile)).toMatchObject({
      ok: false,
      problem: 'unproven',
    })
  }
  const nothing = { checkpoint: null, entries: [] }
  expect(await checkCover(nothing, recording(), log, null, missingTile)).toMatchObject({ problem: 'unproven' })
})

test('the server’s word is not enough: another key, another log, a rewritten log, another leaf', async () => {
  const entry = await headOf('2'.repeat(64))
  const { cover, tree } = await published(entry)
  const problem = async (shown: Cover, seen = null as Awaited<ReturnType<typeof tree.at>> | null) => {
    const result = await checkCover(shown, recording(), log, seen, tree.readTile)
    return result.ok ? 'ok' : result.problem
  }
  const stranger = await signerFromSeed(new Uint8Array(32).fill(4))
  expect(await problem({ ...cover, checkpoint: await tree.note(stranger) })).toBe('not-this-log')
  expect(await problem({ ...cover, checkpoint: await tree.note(signer, municipality) })).toBe('not-this-log')
  const shown = cover.entries[0]!
  expect(await problem({ ...cover, entries: [{ ...shown, index: shown.index + 1 }] })).toBe('not-in-log')
  const value = shown.openings.map((each) => (each.name === 'head' ? { ...each, value: '1'.repeat(64) } : each))
  expect(await problem({ ...cover, entries: [{ ...shown, openings: value }] })).toBe('not-in-log')
  const other = await headOf('2'.repeat(64), 'another municipality’s')
  expect(await problem({ ...cover, entries: [{ ...shown, leaf: other.cover.leaf }] })).toBe('not-in-log')
  // the log had another root when this phone looked last, or was longer
  expect(await problem(cover, { size: 300, root: 'ab'.repeat(32) })).toBe('log-rewritten')
  expect(await problem(cover, { size: 701, root: 'ab'.repeat(32) })).toBe('log-rewritten')
})

const missingTile = async (): Promise<Uint8Array> => {
  throw new Error('nobody needs a tile here')
}

/** Three statements, hashes 0…, 1…, 2…. */
function recording(): RecordingIndex {
  const index = emptyIndex('11111111-1111-4111-8111-111111111111')
  for (let sequence = 0; sequence < 3; sequence += 1) {
    const hash = `${sequence}`.repeat(64)
    const sizes = { sizeBytes: 10, durationMs: 2000, wallClockMs: 1, preEvent: false, mediaSha256: null }
    const what = sequence === 2 ? 'stop' : 'media'
    applyRecord(index, { kind: 'statement', sequence, counter: sequence, what, hash, reason: null, ...sizes })
  }
  return index
}

async function headOf(head: string, note = '') {
  const fields: Field[] = Object.entries({ kind: 'recording.head', head, sequence: '2', note }).map(
    ([name, value], place) => ({ name, value, salt: new Uint8Array(32).fill(place + 1) }),
  )
  const leaf = encodeLeaf({ version: 1, kind: 'heads', municipality, root: await commitFields(fields) })
  const openings = (await openFields(fields)).map((opening) => ({ ...opening, proof: [...opening.proof] }))
  return { leaf, cover: { leaf: toBase64Url(leaf), openings, manifest: null } }
}

/** The entry as leaf 321 of 700, with the log's tiles. */
async function published(entry: Awaited<ReturnType<typeof headOf>>) {
  const size = 700
  const index = 321
  const hashes: Uint8Array[] = []
  for (let place = 0; place < size; place += 1) {
    hashes.push(await leafHash(place === index ? entry.leaf : utf8(`leaf ${place}`)))
  }
  const nodes: Nodes = nodesOf(hashes)
  const root = await rootOf(hashes)
  const note = (by: Signer, name = origin): Promise<string> =>
    signCheckpoint({ origin: name, size, root, extensions: [] }, by)
  const readTile = async ({ level, index: tile, width }: Tile): Promise<Uint8Array> => {
    const parts = Array.from({ length: width }, (_, place) => nodes(Number(level) * 8, tile * 256 + place))
    return Buffer.concat(await Promise.all(parts))
  }
  const at = async (older: number) => ({ size: older, root: toHex(await rootOf(hashes.slice(0, older))) })
  const proof = (await inclusionProof(nodes, index, size)).map(toHex)
  const cover: Cover = { checkpoint: await note(signer), entries: [{ ...entry.cover, index, proof }] }
  return { cover, tree: { note, readTile, at } }
}
