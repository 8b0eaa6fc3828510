import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from './bytes.ts'
import { sha256 } from './hash.ts'
import {
  appendLeaf,
  type ClosedNode,
  consistencyProof,
  emptyFrontier,
  frontierOf,
  frontierRoot,
  inclusionProof,
  leafHash,
  nodeHash,
  nodesOf,
  rootAt,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts'
import {
  decodeEntryBundle,
  encodeEntryBundle,
  nodesOfTiles,
  parseTilePath,
  tilePath,
  tilesBetween,
  tileWidthAt,
} from './tiles.ts'

// The reference tree of certificate-transparency's own tests.
const referenceLeaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
]
const referenceRoots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

// RFC 9162 §2.1.1 word for word, nothing shared with the implementation but the two prefixes.
async function naiveRoot(leaves: readonly Uint8Array[]): Promise<Uint8Array> {
  if (leaves.length === 0) {
    return sha256(new Uint8Array(0))
  }
  if (leaves.length === 1) {
    return sha256(new Uint8Array([0, ...leaves[0]!]))
  }
  let k = 1
  while (k * 2 < leaves.length) {
    k *= 2
  }
  const [left, right] = [await naiveRoot(leaves.slice(0, k)), await naiveRoot(leaves.slice(k))]
  return sha256(new Uint8Array([1, ...left, ...right]))
}

function leavesUpTo(count: number): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, index) => new Uint8Array([index & 0xff, index >> 8, 0x5e]))
}

const sizes = fc.integer({ min: 1, max: 70 })

describe('RFC 6962 tree', () => {
  test.each(referenceRoots.map((root, size) => ({ root, size })))(
    'reference root at size $size',
    async ({ root, size }) => {
      const hashes = await Promise.all(referenceLeaves.slice(0, size).map((leaf) => leafHash(fromHex(leaf)!)))
      expect(toHex(await rootOf(hashes))).toBe(root)
    },
  )

  // RFC 6962 reference proofs: leaf 5 of 8, and from 6 to 8.
  test('reference proofs', async () => {
    const nodes = nodesOf(await Promise.all(referenceLeaves.map((leaf) => leafHash(fromHex(leaf)!))))
    expect((await inclusionProof(nodes, 5, 8)).map(toHex)).toEqual([
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ])
    expect((await consistencyProof(nodes, 6, 8)).map(toHex)).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ])
  })

  test('agrees with a naive tree, appended one by one or at once', async () => {
    let frontier = emptyFrontier
    for (let size = 0; size <= 70; size += 1) {
      const leaves = leavesUpTo(size)
      const hashes = await Promise.all(leaves.map(leafHash))
      const expected = await naiveRoot(leaves)
      expect(await rootOf(hashes)).toEqual(expected)
      expect(await frontierRoot(frontier)).toEqual(expected)
      expect(await frontierOf(nodesOf(hashes), size)).toEqual(frontier)
      frontier = (await appendLeaf(frontier, await leafHash(leavesUpTo(size + 1)[size]!))).frontier
    }
  })

  test('every inclusion proof verifies, and no altered one', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), fc.nat(), async (size, at, damage) => {
        const index = at % size
        const hashes = await Promise.all(leavesUpTo(size).map(leafHash))
        const nodes = nodesOf(hashes)
        const proof = await inclusionProof(nodes, index, size)
        const claim = { leafHash: hashes[index]!, index, size, proof, root: await rootAt(nodes, size) }
        expect(await verifyInclusion(claim)).toBe(true)
        expect(await verifyInclusion({ ...claim, proof: [...proof, new Uint8Array(32)] })).toBe(false)
        expect(await verifyInclusion({ ...claim, index: index + 1 })).toBe(false)
        expect(await verifyInclusion({ ...claim, leafHash: flip(claim.leafHash, damage) })).toBe(false)
        expect(await verifyInclusion({ ...claim, root: flip(claim.root, damage) })).toBe(false)
        if (proof.length > 0) {
          const place = damage % proof.length
          const altered = proof.map((hash, step) => (step === place ? flip(hash, damage) : hash))
          expect(await verifyInclusion({ ...claim, proof: altered })).toBe(false)
          expect(await verifyInclusion({ ...claim, proof: proof.slice(1) })).toBe(false)
        }
      }),
    )
  })

  test('every consistency proof verifies, and no altered one', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), fc.nat(), async (newerSize, at, damage) => {
        const olderSize = at % (newerSize + 1)
        const nodes = nodesOf(await Promise.all(leavesUpTo(newerSize).map(leafHash)))
        const proof = await consistencyProof(nodes, olderSize, newerSize)
        const claim = {
          olderSize,
          newerSize,
          proof,
          olderRoot: await rootAt(nodes, olderSize),
          newerRoot: await rootAt(nodes, newerSize),
        }
        expect(await verifyConsistency(claim)).toBe(true)
        expect(await verifyConsistency({ ...claim, proof: [...proof, new Uint8Array(32)] })).toBe(false)
        expect(await verifyConsistency({ ...claim, olderRoot: flip(claim.olderRoot, damage) })).toBe(false)
        if (olderSize > 0) {
          expect(await verifyConsistency({ ...claim, newerRoot: flip(claim.newerRoot, damage) })).toBe(false)
        }
        if (proof.length > 0) {
          const place = damage % proof.length
          const altered = proof.map((hash, step) => (step === place ? flip(hash, damage) : hash))
          expect(await verifyConsistency({ ...claim, proof: altered })).toBe(false)
        }
      }),
    )
  })

  test('two trees that part are never consistent', async () => {
    const leaves = await Promise.all(leavesUpTo(20).map(leafHash))
    const forked = leaves.with(3, await leafHash(new Uint8Array([9])))
    const claim = { olderSize: 7, newerSize: 20, olderRoot: await rootOf(leaves.slice(0, 7)) }
    const proof = await consistencyProof(nodesOf(forked), 7, 20)
    expect(await verifyConsistency({ ...claim, newerRoot: await rootOf(forked), proof })).toBe(false)
  })

  test('hostile sizes are refused, not computed', async () => {
    const hash = new Uint8Array(32)
    for (const [index, size] of [
      [-1, 1],
      [0, 0],
      [0.5, 2],
      [2 ** 53, 2 ** 54],
      [Number.NaN, 1],
    ] as const) {
      expect(await verifyInclusion({ leafHash: hash, index, size, proof: [], root: hash })).toBe(false)
    }
  })
})

describe('tlog-tiles', () => {
  test.each([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 67, width: 1 }, 'tile/0/067.p/1'],
    [{ level: 1, index: 1067, width: 256 }, 'tile/1/x001/067'],
    [{ level: 'entries', index: 1234067, width: 8 }, 'tile/entries/x001/x234/067.p/8'],
  ] as const)('path of %j', (tile, path) => {
    expect(tilePath(tile)).toBe(path)
    expect(parseTilePath(path)).toEqual(tile)
  })

  test.each([
    'tile/0/67',
    'tile/0/x000/067',
    'tile/64/000',
    'tile/0/000.p/256',
    'tile/0/000.p/0',
    'tile/0/000.p/01',
    'tile/00/000',
    '/tile/0/000',
    'tile/0/../000',
  ])('refuses %s', (path) => {
    expect(parseTilePath(path)).toBeNull()
  })

  test('tiles between two sizes are those that changed', () => {
    expect(tilesBetween(0, 0)).toEqual([])
    expect(tilesBetween(255, 257).map(tilePath)).toEqual([
      'tile/0/000',
      'tile/0/001.p/1',
      'tile/1/000.p/1',
      'tile/entries/000',
      'tile/entries/001.p/1',
    ])
    expect(tilesBetween(257, 257)).toEqual([])
  })

  test('proofs out of tiles equal proofs out of leaves', async () => {
    const size = 600
    const hashes = await Promise.all(leavesUpTo(size).map(leafHash))
    const closed: ClosedNode[] = []
    let frontier = emptyFrontier
    for (const hash of hashes) {
      const step = await appendLeaf(frontier, hash)
      closed.push(...step.closed)
      frontier = step.frontier
    }
    const fromLeaves = nodesOf(hashes)
    const fromTiles = nodesOfTiles(size, async ({ level, index, width }) => {
      expect(width).toBe(tileWidthAt(level as number, index, size))
      const bytes = new Uint8Array(width * 32)
      for (const node of closed.filter((node) => node.level === (level as number) * 8)) {
        if (Math.floor(node.index / 256) === index) {
          bytes.set(node.hash, (node.index % 256) * 32)
        }
      }
      return bytes
    })
    for (const index of [0, 255, 256, 511, 512, 599]) {
      expect(await inclusionProof(fromTiles, index, size)).toEqual(await inclusionProof(fromLeaves, index, size))
    }
    for (const older of [1, 256, 300, 512, 599]) {
      expect(await consistencyProof(fromTiles, older, size)).toEqual(await consistencyProof(fromLeaves, older, size))
    }
  })

  test('entry bundles read back', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 256 }), (leaves) => {
        expect(decodeEntryBundle(encodeEntryBundle(leaves))).toEqual(leaves)
      }),
    )
    expect(decodeEntryBundle(new Uint8Array([0, 2, 1]))).toBeNull()
    expect(decodeEntryBundle(new Uint8Array([0]))).toBeNull()
  })
})

function flip(hash: Uint8Array, damage: number): Uint8Array {
  const copy = new Uint8Array(hash)
  copy[damage % copy.length]! ^= 1 << (damage % 8)
  return copy
}

test('a node is not a leaf', async () => {
  const [left, right] = [new Uint8Array(32), new Uint8Array(32).fill(1)]
  expect(await nodeHash(left, right)).not.toEqual(await leafHash(new Uint8Array([...left, ...right])))
})
