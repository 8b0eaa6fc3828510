import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../test-kit/index.ts'
import { combineKey, splitKey, WrongShare } from './key-shares.ts'
import { demandKeys, openKeyStore } from './key-store.ts'
import { KeysIncomplete, lockVault, openVault, unlockVault, VaultLocked } from './vault.ts'

const passphrase = 'a passphrase of a test'

function newFolder(): string {
  const folder = path.join(temporaryFolder('vault'), 'signer')
  mkdirSync(folder)
  return folder
}

test('locked, nothing on the disk is a key; the passphrase alone opens it; it can be changed and taken away', () => {
  const folder = newFolder()
  openVault(folder, null).write('log.key', 'secret bytes')
  lockVault(folder, passphrase, null)
  expect(readdirSync(folder).sort()).toEqual(['log.key.sealed', 'vault.json'])
  expect(readFileSync(path.join(folder, 'log.key.sealed')).includes('secret')).toBe(false)
  expect(() => openVault(folder, null)).toThrow(VaultLocked)
  expect(() => openVault(folder, 'another')).toThrow(VaultLocked)
  expect(Buffer.from(openVault(folder, passphrase).read('log.key') ?? '').toString()).toBe('secret bytes')
  openVault(folder, passphrase).write('made-later.key', 'x')
  lockVault(folder, 'a newer passphrase', passphrase)
  expect(() => openVault(folder, passphrase)).toThrow(VaultLocked)
  unlockVault(folder, 'a newer passphrase')
  expect(readdirSync(folder).sort()).toEqual(['log.key', 'made-later.key'])
  expect(Buffer.from(openVault(folder, null).read('log.key') ?? '').toString()).toBe('secret bytes')
})

test('cut short before or after its point of no return, a lock leaves one state or the other', () => {
  const folder = newFolder()
  openVault(folder, null).write('log.key', 'secret')
  lockVault(folder, passphrase, null)
  // As after a crash before the plain file was removed.
  writeFileSync(path.join(folder, 'log.key'), 'secret')
  expect(openVault(folder, passphrase).names()).toEqual(['log.key'])
  expect(readdirSync(folder)).not.toContain('log.key')
  // As after a crash before vault.json was written.
  unlockVault(folder, passphrase)
  writeFileSync(path.join(folder, 'log.key.sealed'), 'half')
  openVault(folder, null)
  expect(readdirSync(folder)).toEqual(['log.key'])
})

test('a sealed key under another name does not open', () => {
  const folder = newFolder()
  const open = openVault(folder, null)
  open.write('log.key', 'one')
  open.write('receipt.key', 'two')
  lockVault(folder, passphrase, null)
  writeFileSync(path.join(folder, 'log.key.sealed'), readFileSync(path.join(folder, 'receipt.key.sealed')))
  expect(() => openVault(folder, passphrase).read('log.key')).toThrow()
})

test('rotation: every data key under a new wrapping key, the same bytes; cut short at each step, too', async () => {
  const folder = newFolder()
  const vault = openVault(folder, null)
  const store = openKeyStore(folder, vault, () => 1)
  const keys = new Map<string, string>()
  for (const name of ['a', 'b', 'c']) {
    keys.set(name, Buffer.from(await store.create(name)).toString('hex'))
  }
  await store.destroy('c')
  const file = path.join(folder, 'installation.key')
  const before = readFileSync(file)
  const journalBefore = readFileSync(path.join(folder, 'keys.journal'))
  expect(await store.rotate()).toBe(2)
  const after = readFileSync(file)
  expect(after.equals(before)).toBe(false)
  const same = (opened: ReturnType<typeof openKeyStore>) => {
    for (const name of ['a', 'b']) {
      expect(Buffer.from(opened.find(name) ?? '').toString('hex')).toBe(keys.get(name))
    }
    expect(opened.find('c')).toBeNull()
  }
  same(store)
  same(openKeyStore(folder, vault, () => 2))
  // A crash after the journal and before the new key took its place.
  writeFileSync(file, before)
  writeFileSync(path.join(folder, 'installation-next.key'), after)
  same(openKeyStore(folder, vault, () => 3))
  expect(readFileSync(file).equals(after)).toBe(true)
  // A crash before the journal: the next key is there, and nothing is under it.
  writeFileSync(file, before)
  writeFileSync(path.join(folder, 'installation-next.key'), after)
  writeFileSync(path.join(folder, 'keys.journal'), journalBefore)
  same(openKeyStore(folder, vault, () => 4))
  expect(readFileSync(file).equals(before)).toBe(true)
  rmSync(file)
  expect(() => openKeyStore(folder, vault, () => 5).examine()).toThrow()
})

test('any m of n shares give the key back; fewer, wrong ones and slips of the pen say so', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.integer({ min: 2, max: 5 }),
      async (key, m) => {
        const shares = await splitKey(key, m, 5)
        const given = [...shares].reverse().slice(0, m)
        expect(Buffer.from(await combineKey(given)).equals(key)).toBe(true)
        await expect(combineKey(given.slice(1))).rejects.toThrow(WrongShare)
      },
    ),
    { numRuns: 10 },
  )
  const shares = await splitKey(new Uint8Array(32).fill(1), 2, 3)
  const [one = '', two = ''] = shares
  const slip = one.replace(/-([0-9a-f]{4})-/, (group) => (group === '-0000-' ? '-0001-' : '-0000-'))
  await expect(combineKey([slip, two])).rejects.toThrow('Share 1 was not copied right')
  await expect(combineKey([one, one])).rejects.toThrow('2 different shares')
  const [stranger = ''] = await splitKey(new Uint8Array(32).fill(2), 2, 3)
  await expect(combineKey([one, stranger])).rejects.toThrow('one and the same key')
})

test('a locked folder that lost vault.json is refused, and nothing of it is removed', () => {
  const folder = newFolder()
  openVault(folder, null).write('log.key', 'secret')
  lockVault(folder, passphrase, null)
  const vault = path.join(folder, 'vault.json')
  const kept = readFileSync(vault)
  rmSync(vault)
  expect(() => openVault(folder, null)).toThrow(KeysIncomplete)
  writeFileSync(vault, kept)
  expect(Buffer.from(openVault(folder, passphrase).read('log.key') ?? '').toString()).toBe('secret')
  // The other way round: an old vault.json beside keys that were opened since.
  unlockVault(folder, passphrase)
  writeFileSync(vault, kept)
  expect(() => openVault(folder, passphrase)).toThrow(KeysIncomplete)
  rmSync(vault)
  expect(openVault(folder, null).names()).toEqual(['log.key'])
})

test('no new wrapping key beside keys that another one wrapped', async () => {
  const folder = newFolder()
  const vault = openVault(folder, null)
  demandKeys(folder, vault)
  await openKeyStore(folder, vault, () => 1).create('a')
  demandKeys(folder, vault)
  const file = path.join(folder, 'installation.key')
  const kept = readFileSync(file)
  rmSync(file)
  for (const open of [() => demandKeys(folder, vault), () => openKeyStore(folder, vault, () => 2)]) {
    expect(open).toThrow('installation.key is gone')
    expect(readdirSync(folder).sort()).toEqual(['keys.journal'])
  }
  writeFileSync(file, new Uint8Array(32))
  expect(() => demandKeys(folder, vault)).toThrow(KeysIncomplete)
  writeFileSync(file, kept)
  demandKeys(folder, vault)
})
