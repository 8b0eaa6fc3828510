import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { expect, test } from 'vitest'
import { foldersOf } from '../kernel/open-kernel.ts'
import { temporaryFolder } from '../test-kit/index.ts'
import { readArchive, writeArchive } from './archive.ts'
import { carryAway, nothingCarried } from './carry.ts'
import { readSealed } from './sealed-file.ts'

/** A data folder with what a carrier looks at, and a plan for it. */
async function house() {
  const root = temporaryFolder('carry')
  const folders = foldersOf(path.join(root, 'data'))
  const spool = path.join(folders.postgres, 'archive')
  for (const folder of [spool, folders.footage, folders.signer, path.join(folders.data, 'ledger', 'tile')]) {
    mkdirSync(folder, { recursive: true })
  }
  writeFileSync(path.join(folders.signer, 'keys.journal'), '{"recording":"one","wrapped":"x"}\n')
  writeFileSync(path.join(folders.data, 'ledger', 'tile', '000'), 'leaves')
  const identity = await generateX25519Identity()
  const plan = { folder: path.join(root, 'elsewhere'), recipients: [await identityToRecipient(identity)] }
  return { folders, spool, plan, identity }
}

test('no piece of the log is carried away before the footage that it names', async () => {
  const { folders, spool, plan } = await house()
  writeFileSync(path.join(folders.footage, 'object'), 'bytes')
  writeFileSync(path.join(spool, '000000010000000000000001'), 'log')
  mkdirSync(plan.folder)
  // The share of footage is away.
  writeFileSync(path.join(plan.folder, 'footage'), '')
  await expect(carryAway(folders, plan, nothingCarried(), 1)).rejects.toThrow()
  expect(readdirSync(spool)).toEqual(['000000010000000000000001'])
  rmSync(path.join(plan.folder, 'footage'))
  expect(await carryAway(folders, plan, nothingCarried(), 2)).toEqual({ copied: 1 })
  expect(readdirSync(spool)).toEqual([])
  expect(readdirSync(path.join(plan.folder, 'wal'))).toEqual(['000000010000000000000001.gz.sealed'])
  expect(readdirSync(path.join(plan.folder, 'log', 'tile'))).toEqual(['000'])
})

test('a command and the server carry at the same time: every copy is whole, and none is left half written', async () => {
  const { folders, spool, plan, identity } = await house()
  const bytes = Buffer.alloc(300_000, 7)
  const names = Array.from({ length: 24 }, (_, place) => `object-${place}`)
  for (const name of names) {
    writeFileSync(path.join(folders.footage, name), bytes)
  }
  const pieces = [1, 2, 3].map((place) => `00000001000000000000000${place}`)
  for (const piece of pieces) {
    writeFileSync(path.join(spool, piece), bytes)
  }
  await Promise.all([1, 2, 3].map((atMs) => carryAway(folders, plan, nothingCarried(), atMs)))
  const copied = path.join(plan.folder, 'footage')
  expect(readdirSync(copied).sort()).toEqual([...names].sort())
  for (const name of names) {
    expect(readFileSync(path.join(copied, name)).equals(bytes)).toBe(true)
  }
  const wal = path.join(plan.folder, 'wal')
  expect(readdirSync(wal).sort()).toEqual(pieces.map((piece) => `${piece}.gz.sealed`))
  for (const name of readdirSync(wal)) {
    const sealed = await Array.fromAsync(readSealed(path.join(wal, name), { identity }))
    expect(Buffer.concat(sealed).length).toBeGreaterThan(0)
  }
})

test('what the signer replaces or appends to while it is read is taken as it was', async () => {
  const folder = path.join(temporaryFolder('living'), 'signer')
  mkdirSync(folder)
  const file = (name: string): string => path.join(folder, name)
  const line = '{"recording":"one"}\n'
  writeFileSync(file('checkpoints.json'), '{"size":1000}')
  writeFileSync(file('keys.journal'), line)
  writeFileSync(file('z-last'), 'gone when its turn comes')
  async function* disturbed(): AsyncGenerator<Uint8Array> {
    let count = 0
    for await (const piece of writeArchive(folder, () => true, true)) {
      count += 1
      // The first file is open now, the second not yet, the third never will be.
      if (count === 1) {
        writeFileSync(file('new'), '{}')
        renameSync(file('new'), file('checkpoints.json'))
      } else if (count === 3) {
        writeFileSync(file('keys.journal'), `${line}{"recording":"two"}\n`)
        rmSync(file('z-last'))
      }
      yield piece
    }
  }
  const restored = path.join(temporaryFolder('restored'), 'signer')
  mkdirSync(restored)
  await readArchive(disturbed(), restored)
  expect(readdirSync(restored).sort()).toEqual(['checkpoints.json', 'keys.journal'])
  expect(readFileSync(path.join(restored, 'checkpoints.json'), 'utf8')).toBe('{"size":1000}')
  expect(readFileSync(path.join(restored, 'keys.journal'), 'utf8')).toBe(line)
})
