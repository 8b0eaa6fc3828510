import { appendFileSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import {
  consistencyProof,
  encodeVkey,
  importVerifier,
  isSignedBy,
  judgeCheckpoint,
  leafHash,
  mlDsaState,
  nodesOf,
  openEnvelope,
  parseVkey,
  rootOf,
  utf8,
  verifyCheckpoint,
} from '@sereno/proof'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accountFor } from '../kernel/accounts.ts'
import { Unavailable } from '../kernel/errors.ts'
import { silentLog } from '../kernel/log.ts'
import { SignerRefusal } from '../kernel/signer.ts'
import { reachSigner, type SignerProcess, startSigner } from '../kernel/signer-process.ts'
import { temporaryFolder } from '../test-kit/index.ts'
import { openKeyStore } from './key-store.ts'
import { openVault } from './vault.ts'

const data = temporaryFolder('signer')
const folder = path.join(data, 'signer')
const account = accountFor({ name: 'sereno-signer', fallbacks: ['nobody'], folder }, () => undefined)
const start = () => startSigner({ folder, runFolder: path.join(data, 'run'), account, log: silentLog })
let signer: SignerProcess
beforeAll(async () => {
  signer = await start()
})
afterAll(() => signer.stop())

async function killed(): Promise<void> {
  const pid = signer.pid()
  process.kill(pid ?? 0, 'SIGKILL')
  await expect.poll(() => signer.pid(), { timeout: 10_000 }).not.toBe(pid)
  await expect
    .poll(
      () =>
        signer.client.lastCheckpoint('o').then(
          () => 'back',
          () => 'away',
        ),
      { timeout: 10_000 },
    )
    .toBe('back')
}

const leaves = await Promise.all(Array.from({ length: 20 }, (_, index) => leafHash(utf8(`leaf ${index}`))))
async function checkpointOf(origin: string, older: number, size: number, from = leaves) {
  const hashes = from.slice(0, size)
  return { origin, size, root: await rootOf(hashes), consistency: await consistencyProof(nodesOf(hashes), older, size) }
}

test('envelopes are canonical and verify with the purpose’s own key, in the order asked for', async () => {
  const payloads = Array.from({ length: 50 }, (_, index) => utf8(`{"n":${index}}`))
  const envelopes = await signer.client.signMany('receipt', 'application/x+json', payloads)
  const keys = await signer.client.publicKeys()
  const own = await importVerifier(keys.receipt)
  const other = await importVerifier(keys.manifest)
  for (const [index, bytes] of envelopes.entries()) {
    const opened = openEnvelope(bytes)
    if (!opened.ok || !own.ok || !other.ok) {
      throw new Error('not an envelope')
    }
    expect(opened.value.payload).toEqual(payloads[index])
    expect(await isSignedBy(opened.value, own.value)).toBe(true)
    expect(await isSignedBy(opened.value, other.value)).toBe(false)
  }
})

test('manifests and checkpoints carry an ML-DSA-44 signature beside the Ed25519 one, also after a restart', async () => {
  const keys = await signer.client.publicKeys()
  const [sealed, received] = await Promise.all([
    signer.client.sign('manifest', 't', utf8('x')),
    signer.client.sign('receipt', 't', utf8('x')),
  ])
  const [manifest, receipt] = [openEnvelope(sealed), openEnvelope(received)]
  if (!manifest.ok || !receipt.ok) {
    throw new Error('not an envelope')
  }
  expect(await mlDsaState(manifest.value, [keys.manifest, keys.manifestMlDsa])).toBe('signed')
  expect(await mlDsaState(manifest.value, [keys.logMlDsa])).toBe('missing')
  expect(receipt.value.signatures.length).toBe(1)
  const trust = { witnesses: [], log: { origin: 'q', keys: [await encodeVkey('q', keys.log)] } }
  const both = { ...trust.log, keys: [...trust.log.keys, await encodeVkey('q', keys.logMlDsa, 'cosignature')] }
  const note = await signer.client.signCheckpoint(await checkpointOf('q', 0, 3))
  const judged = await judgeCheckpoint(note, { ...trust, log: both })
  expect(judged.ok && judged.value.mlDsa).toBe('signed')
  await killed()
  expect((await signer.client.publicKeys()).logMlDsa).toEqual(keys.logMlDsa)
})

describe('checkpoints', () => {
  test('growth is signed, a fork is not, not even after a kill', async () => {
    const note = await signer.client.signCheckpoint(await checkpointOf('o', 0, 7))
    const vkey = await parseVkey(await encodeVkey('o', (await signer.client.publicKeys()).log))
    const checked = await verifyCheckpoint(note, 'o', vkey.ok ? [vkey.value] : [])
    expect(checked.ok).toBe(true)
    await signer.client.signCheckpoint(await checkpointOf('o', 7, 13))
    await killed()
    expect((await signer.client.lastCheckpoint('o'))?.size).toBe(13)

    const rewritten = leaves.with(3, await leafHash(utf8('another')))
    const fork = await checkpointOf('o', 13, 20, rewritten)
    await expect(signer.client.signCheckpoint(fork)).rejects.toThrow(SignerRefusal)
    // A database from an hour ago asks for less than was signed.
    const old = await checkpointOf('o', 7, 10)
    await expect(signer.client.signCheckpoint(old)).rejects.toMatchObject({ code: 'signer.fork' })
    // Another root of the same size.
    const same = { ...(await checkpointOf('o', 13, 13, rewritten)), consistency: [] }
    await expect(signer.client.signCheckpoint(same)).rejects.toMatchObject({ code: 'signer.fork' })
    // The same again is no fork: the note may have been lost on its way.
    await signer.client.signCheckpoint(await checkpointOf('o', 13, 13))
    await signer.client.signCheckpoint(await checkpointOf('o', 13, 20))
  })

  test('two requests from the same predecessor: the second is judged against the first', async () => {
    await signer.client.signCheckpoint(await checkpointOf('p', 0, 4))
    const other = leaves.with(8, await leafHash(utf8('x')))
    const results = await Promise.allSettled([
      signer.client.signCheckpoint(await checkpointOf('p', 4, 9)),
      signer.client.signCheckpoint(await checkpointOf('p', 4, 9, other)),
    ])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })
})

describe('data keys', () => {
  test('one for ever for a recording, through a kill; none after its destruction', async () => {
    const [one, again, other] = await Promise.all([
      signer.client.createDataKey('r1'),
      signer.client.createDataKey('r1'),
      signer.client.createDataKey('r2'),
    ])
    expect(one).toEqual(again)
    expect(one).not.toEqual(other)
    await signer.client.destroyDataKey('r2')
    await killed()
    await signer.stop()
    signer = await start()
    expect(await signer.client.dataKey('r1')).toEqual(one)
    expect(await signer.client.dataKey('r2')).toBeNull()
    await expect(signer.client.createDataKey('r2')).rejects.toMatchObject({ code: 'signer.key-destroyed' })
    expect(await signer.client.dataKey('none')).toBeNull()
  })

  test('what another process destroyed is gone for one that remembers it', async () => {
    const key = await signer.client.createDataKey('r3')
    const other = await reachSigner(signer.socketPath, 10_000)
    try {
      expect(await other.dataKey('r3')).toEqual(key)
      expect(await other.hasDataKey('r3')).toBe(true)
      await signer.client.destroyDataKey('r3')
      expect(await other.hasDataKey('r3')).toBe(false)
    } finally {
      other.close()
    }
  })

  test('nothing readable by others; no destroyed key left in the journal', () => {
    for (const name of [
      'keys.journal',
      'installation.key',
      'log.key',
      'logMlDsa.key',
      'receipt.key',
      'checkpoints.json',
    ]) {
      expect(statSync(path.join(folder, name)).mode & 0o077).toBe(0)
    }
    const journal = readFileSync(path.join(folder, 'keys.journal'), 'utf8')
    expect(journal.split('\n').filter((line) => line.includes('"r2"') && line.includes('wrapped'))).toEqual([])
  })

  test('a torn last line is cut off, damage elsewhere is not passed over', async () => {
    const own = temporaryFolder('journal')
    const store = openKeyStore(own, openVault(own, null), () => 1)
    const key = await store.create('a')
    appendFileSync(path.join(own, 'keys.journal'), '{"recording":"b","wra')
    const again = openKeyStore(own, openVault(own, null), () => 2)
    expect(Buffer.from(again.find('a') ?? '').equals(key)).toBe(true)
    await again.create('c')
    expect(openKeyStore(own, openVault(own, null), () => 3).find('c')).not.toBeNull()
    appendFileSync(path.join(own, 'keys.journal'), 'garbage\n')
    expect(() => openKeyStore(own, openVault(own, null), () => 4)).toThrow('damaged at line 3')
  })
})

test('while it is away callers are told so at once', async () => {
  process.kill(signer.pid() ?? 0, 'SIGKILL')
  const tries = await Promise.allSettled(Array.from({ length: 5 }, () => signer.client.sign('promise', 't', utf8('x'))))
  const failed = tries.filter((result) => result.status === 'rejected')
  expect(failed.every(({ reason }) => reason instanceof Unavailable)).toBe(true)
  await expect
    .poll(
      () =>
        signer.client.sign('promise', 't', utf8('x')).then(
          () => 'signed',
          () => 'away',
        ),
      { timeout: 10_000 },
    )
    .toBe('signed')
})
