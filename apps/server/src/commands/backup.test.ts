import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { composeApp, migrations } from '../app.ts'
import { readArchive, WrongArchive, writeArchive } from '../backup/archive.ts'
import { makeConfig, openInstallation } from '../config.ts'
import { seedDemonstration } from '../demonstration.ts'
import { lockInstance } from '../kernel/instance-lock.ts'
import { silentLog } from '../kernel/log.ts'
import { openKernel } from '../kernel/open-kernel.ts'
import { temporaryFolder } from '../test-kit/index.ts'
import { backup, restore } from './backup.ts'
import { withInstallation } from './installation.ts'

const passphrase = 'a passphrase of a test'
const quick = { passphrase, workFactor: 10 }

async function makeInstallation(dataFolder: string): Promise<string> {
  const installation = openInstallation(dataFolder, { empty: false, nowMs: Date.now() })
  const settings = { dataFolder, lan: false, tls: null, origin: null, mapStyle: null, mapPmtiles: null }
  const config = makeConfig(settings, installation, () => 'http://localhost')
  const opened = await openKernel({ config, s3: null, log: silentLog, migrations, say: () => undefined })
  const app = composeApp(opened.kernel)
  await app.start()
  await seedDemonstration(app)
  const key = await opened.kernel.signer.createDataKey('recording')
  await opened.kernel.blobs.put('m/recording/1', Buffer.from('footage'), key)
  await app.stop()
  await opened.close()
  return installation.installation
}

test('what was backed up is what is restored elsewhere: people, log, keys and footage', async () => {
  const root = temporaryFolder('backup')
  const from = path.join(root, 'from')
  const to = path.join(root, 'to')
  const file = path.join(root, 'copy.sereno')
  const installation = await makeInstallation(from)

  const lock = lockInstance(path.join(from, 'run'), from)
  await expect(backup({ dataFolder: from, file, ...quick })).rejects.toThrow('already running')
  lock.release()
  await backup({ dataFolder: from, file, ...quick })
  expect(statSync(file).mode & 0o077).toBe(0)
  await expect(backup({ dataFolder: from, file, ...quick })).rejects.toThrow('exists already')

  await expect(restore({ dataFolder: from, file, ...quick })).rejects.toThrow('not empty')
  await expect(restore({ dataFolder: to, file, passphrase: 'wrong' })).rejects.toThrow('wrong passphrase')
  const damaged = path.join(root, 'damaged')
  const bytes = readFileSync(file)
  writeFileSync(damaged, bytes.subarray(0, bytes.length - 100_000))
  await expect(restore({ dataFolder: to, file: damaged, ...quick })).rejects.toThrow()
  expect(() => statSync(to)).toThrow()

  await restore({ dataFolder: to, file, ...quick })
  await withInstallation(to, async ({ app, kernel }) => {
    expect(kernel.config.installation).toBe(installation)
    expect(app.identity.municipality()?.fictitious).toBe(true)
    expect((await app.ledger.status()).state).toBe('following')
    const key = await kernel.signer.dataKey('recording')
    const read = await Array.fromAsync(kernel.blobs.read('m/recording/1', key ?? new Uint8Array(0)))
    expect(Buffer.concat(read).toString()).toBe('footage')
    for (const check of app.checks) {
      await check.run((finding) => expect.fail(`${finding.code} ${finding.detail}`))
    }
  })
})

test('archive: cut anywhere or leading out of the folder, it is refused', async () => {
  const root = temporaryFolder('archive')
  const source = path.join(root, 'source')
  mkdirSync(path.join(source, 'a'), { recursive: true })
  writeFileSync(path.join(source, 'a', 'f'), 'x'.repeat(100))
  writeFileSync(path.join(source, 'g'), '')
  const whole = Buffer.concat(await Array.fromAsync(writeArchive(source, () => true)))
  let count = 0
  const unpack = (bytes: Uint8Array) => {
    const folder = path.join(root, `u${count}`)
    count += 1
    mkdirSync(folder)
    return readArchive(
      (async function* () {
        yield bytes
      })(),
      folder,
    )
  }
  expect(await unpack(whole)).toBe(3)
  for (let length = 0; length < whole.length; length += 7) {
    await expect(unpack(whole.subarray(0, length))).rejects.toThrow(WrongArchive)
  }
  await expect(unpack(Buffer.concat([whole, Buffer.from('x')]))).rejects.toThrow(WrongArchive)
  const leading = JSON.stringify({ kind: 'file', path: '../out', sizeBytes: 0, mode: 0o600 })
  const header = Buffer.alloc(4)
  header.writeUInt32BE(leading.length)
  await expect(unpack(Buffer.concat([header, Buffer.from(leading)]))).rejects.toThrow('out of the folder')
})
