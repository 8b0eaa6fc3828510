import { mkdirSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { expect, test } from 'vitest'
import type { Kernel } from '../kernel/kernel.ts'
import { foldersOf } from '../kernel/open-kernel.ts'
import { temporaryFolder } from '../test-kit/index.ts'
import { readArchive } from './archive.ts'
import { carryAway, nothingCarried } from './carry.ts'
import { createBackups } from './index.ts'
import { writePlan } from './plan.ts'
import { readSealed } from './sealed-file.ts'
import { keyCopies, restoreCheckpoints } from './snapshot-keys.ts'

async function house() {
  const root = temporaryFolder('keys')
  const folders = foldersOf(path.join(root, 'data'))
  for (const folder of [path.join(folders.postgres, 'archive'), folders.footage, folders.signer]) {
    mkdirSync(folder, { recursive: true })
  }
  const identity = await generateX25519Identity()
  const plan = { folder: path.join(root, 'elsewhere'), recipients: [await identityToRecipient(identity)] }
  const put = (name: string, text: string): void => {
    const file = path.join(folders.signer, name)
    writeFileSync(`${file}.new`, text)
    renameSync(`${file}.new`, file)
  }
  put('keys.journal', '{"recording":"one"}\n')
  put('checkpoints.json', '{"size":1}')
  const copies = () => readdirSync(path.join(plan.folder, 'keys')).sort()
  async function restored(): Promise<string> {
    const into = temporaryFolder('restored')
    const newest = (await keyCopies(plan.folder)).at(-1)
    await readArchive(readSealed(newest?.file ?? '', { identity }), into)
    await restoreCheckpoints(plan.folder, into, newest?.atMs ?? 0, { identity })
    return readFileSync(path.join(into, 'signer', 'checkpoints.json'), 'utf8')
  }
  return { folders, plan, put, copies, restored }
}

test('a checkpoint travels without the keys, and comes back as it was last', async () => {
  const { folders, plan, put, copies, restored } = await house()
  const carried = nothingCarried()
  const carry = (atMs: number) => carryAway(folders, plan, carried, atMs)
  await carry(1)
  expect(copies()).toEqual(['1.sealed'])
  expect(await restored()).toBe('{"size":1}')
  for (const atMs of [2, 3]) {
    put('checkpoints.json', `{"size":${atMs}}`)
    await carry(atMs)
    expect(copies()).toEqual(['1.sealed', `${atMs}.checkpoints.sealed`])
    expect(await restored()).toBe(`{"size":${atMs}}`)
  }
  await carry(4)
  expect(copies()).toEqual(['1.sealed', '3.checkpoints.sealed'])
  // A key destroyed: as long as before, and another file. Its copy holds the checkpoint of its own hour.
  put('keys.journal', '{"recording":"two"}\n')
  put('checkpoints.json', '{"size":5}')
  await carry(5)
  expect(copies()).toEqual(['1.sealed', '3.checkpoints.sealed', '5.sealed'])
  expect(await restored()).toBe('{"size":5}')
  // What is not the journal, too: a signing key, the folder's lock.
  put('vault.json', '{}')
  await carry(6)
  expect(copies()).toContain('6.sealed')
})

test('keys count as not copied when they changed since, however quiet the house is', async () => {
  const { folders, plan } = await house()
  const [minuteMs, copiedAtMs] = [60_000, 1_800_000_000_000]
  const changed = (atMs: number): void =>
    utimesSync(path.join(folders.signer, 'keys.journal'), atMs / 1000, atMs / 1000)
  writePlan(folders.data, plan)
  changed(copiedAtMs - minuteMs)
  await carryAway(folders, plan, nothingCarried(), copiedAtMs)
  async function found(nowMs: number): Promise<boolean> {
    const kernel = { config: { dataFolder: folders.data }, clock: { nowMs: () => nowMs, monotonicMs: () => nowMs } }
    const codes: string[] = []
    await createBackups(kernel as unknown as Kernel).check.run(({ code }) => codes.push(code), { full: false })
    return codes.includes('backup.keys-old')
  }
  const later = copiedAtMs + 300 * minuteMs
  expect(await found(later)).toBe(false)
  changed(later - minuteMs)
  expect(await found(later)).toBe(false)
  expect(await found(later + 5 * minuteMs)).toBe(true)
})
