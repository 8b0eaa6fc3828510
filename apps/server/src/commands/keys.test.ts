import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { sql } from 'kysely'
import { afterEach, expect, test } from 'vitest'
import { composeApp, migrations } from '../app.ts'
import { makeConfig, openInstallation } from '../config.ts'
import { silentLog } from '../kernel/log.ts'
import { foldersOf, openKernel } from '../kernel/open-kernel.ts'
import { splitKey } from '../signer/key-shares.ts'
import { VaultLocked } from '../signer/vault.ts'
import { temporaryFolder } from '../test-kit/index.ts'
import { withInstallation } from './installation.ts'
import { lockKeys, recoverKey, rotateKeys, shareKey, unlockKeys } from './keys.ts'

const passphrase = 'a passphrase of a test'

afterEach(() => {
  delete process.env.SERENO_KEY_PASSPHRASE
})

/** The procedure of docs/guide/keys.md, step by step. */
test('the written procedure: shares on paper, a lock, a rotation, and a key that was lost comes back', async () => {
  const root = temporaryFolder('keys')
  const dataFolder = path.join(root, 'data')
  mkdirSync(dataFolder)
  const installation = openInstallation(dataFolder, { empty: true, nowMs: Date.now() })
  const settings = { dataFolder, lan: false, tls: null, origin: null, mapStyle: null, mapPmtiles: null }
  const config = makeConfig(settings, installation, () => 'http://localhost')
  const opened = await openKernel({ config, s3: null, log: silentLog, migrations, say: () => undefined })
  const app = composeApp(opened.kernel)
  await app.ledger.start()
  await app.identity.start()
  await app.identity.seedDemonstration()
  const dataKey = await opened.kernel.signer.createDataKey('recording')
  await opened.kernel.blobs.put('m/recording/1', Buffer.from('footage'), dataKey)
  await opened.close()

  const footage = async () =>
    withInstallation(dataFolder, async ({ kernel }) => {
      const key = (await kernel.signer.dataKey('recording')) ?? new Uint8Array()
      return Buffer.concat(await Array.fromAsync(kernel.blobs.read('m/recording/1', key))).toString()
    })

  // 1 lock
  await lockKeys(dataFolder, passphrase)
  delete process.env.SERENO_KEY_PASSPHRASE
  await expect(footage()).rejects.toThrow(VaultLocked)
  process.env.SERENO_KEY_PASSPHRASE = 'not this one'
  await expect(footage()).rejects.toThrow('another passphrase')
  process.env.SERENO_KEY_PASSPHRASE = passphrase
  expect(await footage()).toBe('footage')

  // 2 rotate, 3 share
  expect(await rotateKeys(dataFolder)).toBe(1)
  const entered = () =>
    withInstallation(dataFolder, async ({ kernel }) => {
      const { rows } = await sql<{ kind: string }>`select kind from leaf_opening where kind like 'installation.keys-%'
        order by leaf`.execute(kernel.database.db)
      return rows.map(({ kind }) => kind.slice('installation.keys-'.length))
    })
  expect(await entered()).toEqual(['asked', 'locked', 'asked', 'rotated'])
  const shares = await shareKey(dataFolder, 2, 3)
  expect(shares).toHaveLength(3)
  expect((await entered()).slice(-2)).toEqual(['asked', 'shared'])
  await unlockKeys(dataFolder)
  delete process.env.SERENO_KEY_PASSPHRASE
  // Shares of another key open nothing, and the refusal leaves all as it was: its files' owner, too.
  const stale = path.join(root, 'stale')
  writeFileSync(stale, (await splitKey(Buffer.alloc(32, 7), 2, 3)).slice(1).join('\n'))
  await expect(recoverKey(dataFolder, stale)).rejects.toThrow('does not open the data keys')
  const { signer } = foldersOf(dataFolder)
  expect(statSync(path.join(signer, 'installation.key')).uid).toBe(statSync(signer).uid)
  expect(await footage()).toBe('footage')

  // 4 the key file is damaged: nothing opens until two of three people bring their paper
  const keyFile = path.join(foldersOf(dataFolder).signer, 'installation.key')
  const key = readFileSync(keyFile)
  writeFileSync(keyFile, Buffer.alloc(32))
  await expect(footage()).rejects.toThrow()
  const paper = path.join(root, 'paper')
  writeFileSync(paper, `${shares[2]}\n\n${shares[0]}\n`)
  expect(await recoverKey(dataFolder, paper)).toBe(1)
  expect(readFileSync(keyFile).equals(key)).toBe(true)
  expect(await footage()).toBe('footage')
}, 240_000)
