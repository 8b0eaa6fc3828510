import { readFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../test-kit/index.ts'
import { writeDurably } from './durable-file.ts'
import { openKeyStore } from './key-store.ts'
import { openVault } from './vault.ts'

/** A disk that takes so many more bytes, then a part of what it is given, then nothing, as one that is nearly full does. */
function nearlyFullDisk() {
  let left = Number.POSITIVE_INFINITY
  return {
    leave(bytes: number) {
      left = bytes
    },
    write(descriptor: number, bytes: Uint8Array, offset: number, length: number) {
      const taken = Math.min(left, length)
      left -= taken
      return taken === 0 ? 0 : writeSync(descriptor, bytes, offset, taken)
    },
  }
}

async function storeWith(recordings: readonly string[]) {
  const folder = temporaryFolder('full-disk')
  const disk = nearlyFullDisk()
  const open = () => openKeyStore(folder, openVault(folder, null), () => 1, disk.write)
  const store = open()
  const keys = new Map<string, string>()
  for (const name of recordings) {
    keys.set(name, Buffer.from(await store.create(name)).toString('hex'))
  }
  const found = (opened: typeof store, name: string) => {
    const key = opened.find(name)
    return key === null ? null : Buffer.from(key).toString('hex')
  }
  const journal = () => readFileSync(path.join(folder, 'keys.journal'), 'utf8')
  return { disk, open, store, keys, found, journal, folder }
}

test('a write in pieces is whole; one that stops leaves the old file', () => {
  const file = path.join(temporaryFolder('full-disk'), 'f')
  writeDurably(file, 'in small pieces', (descriptor, bytes, offset) => writeSync(descriptor, bytes, offset, 1))
  expect(readFileSync(file, 'utf8')).toBe('in small pieces')
  const disk = nearlyFullDisk()
  disk.leave(4)
  expect(() => writeDurably(file, 'another', disk.write)).toThrow('took 4 of 7 bytes')
  expect(readFileSync(file, 'utf8')).toBe('in small pieces')
})

test('a key whose line did not fit is not handed out, and the lines after it are whole', async () => {
  const { disk, open, store, keys, found, journal } = await storeWith(['a'])
  disk.leave(20)
  await expect(store.create('b')).rejects.toThrow('took 20')
  expect(store.find('b')).toBeNull()
  expect(journal().split('\n')).toHaveLength(2)
  disk.leave(Number.POSITIVE_INFINITY)
  const later = Buffer.from(await store.create('c')).toString('hex')
  const again = open()
  expect([found(again, 'a'), found(again, 'b'), found(again, 'c')]).toEqual([keys.get('a'), null, later])
})

test('destroying on a full disk says so, loses no other key, and is done when it is asked for again', async () => {
  const { disk, open, store, keys, found, journal } = await storeWith(['a', 'b', 'c'])
  disk.leave(150)
  await expect(store.destroy('a')).rejects.toThrow('took 150')
  // Asked again it must not answer that all is well: the wrapped key is still there.
  await expect(store.destroy('a')).rejects.toThrow('took 0')
  expect([...keys.keys()].map((name) => found(open(), name))).toEqual([...keys.values()])
  disk.leave(Number.POSITIVE_INFINITY)
  await store.destroy('a')
  await store.create('d')
  const again = open()
  expect([found(again, 'a'), found(again, 'b'), found(again, 'c')]).toEqual([null, keys.get('b'), keys.get('c')])
  expect(again.find('d')).not.toBeNull()
  expect(
    journal()
      .split('\n')
      .filter((line) => line.includes('"a"') && line.includes('wrapped')),
  ).toEqual([])
})

test('a rotation that does not fit changes nothing', async () => {
  const { disk, open, store, keys, found, journal } = await storeWith(['a', 'b'])
  const before = journal()
  // The next key fits (32 bytes go by the vault, not by this disk), the journal under it does not.
  disk.leave(100)
  await expect(store.rotate()).rejects.toThrow('took 100')
  expect(journal()).toBe(before)
  for (const opened of [store, open()]) {
    expect([found(opened, 'a'), found(opened, 'b')]).toEqual([...keys.values()])
  }
  disk.leave(Number.POSITIVE_INFINITY)
  expect(await store.rotate()).toBe(2)
  expect([found(store, 'a'), found(open(), 'b')]).toEqual([...keys.values()])
})
