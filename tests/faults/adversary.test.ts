import { execFileSync } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  addSignatures,
  cosign,
  formatCheckpoint,
  formatTrust,
  rootOf,
  signCheckpoint,
  signerFromSeed,
  type Trust,
} from '@sereno/proof'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accountFor } from '../../apps/server/src/kernel/accounts.ts'
import { silentLog } from '../../apps/server/src/kernel/log.ts'
import { type SignerProcess, startSigner } from '../../apps/server/src/kernel/signer-process.ts'
import { type Ledger, ledgerMigrations } from '../../apps/server/src/modules/ledger/index.ts'
import { type Copy, type House, openHouse } from '../../apps/server/src/modules/ledger/ledger.test-kit.ts'
import {
  sereno,
  servePublicLog,
  startWitness,
  type WitnessProcess,
} from '../../apps/server/src/modules/ledger/outside.test-kit.ts'
import { temporaryFolder } from '../../apps/server/src/test-kit/index.ts'

/*
 * Somebody with every right over the database, and in the end over the signer's machine as well. Whoever is outside has
 * the public log (`/log/…`), the keys they were given, and, where it takes one, a copy or a memory of their own.
 */
let house: House
let served: Ledger
let log: Awaited<ReturnType<typeof servePublicLog>>
let trustFile = ''
let seasoned = ''
const witnesses: WitnessProcess[] = []
const signers: SignerProcess[] = []

beforeAll(async () => {
  house = await openHouse([ledgerMigrations])
  house.clock.jumpTo(Date.now())
  for (let place = 0; place < 280; place += 1) {
    await house.append({ fields: { place: String(place) } })
  }
  await house.ledger.flush()
  served = house.ledger
  log = await servePublicLog(() => served)
  trustFile = join(temporaryFolder('trust'), 'trust.json')
  writeFileSync(trustFile, formatTrust(await trust()))
  seasoned = temporaryFolder('mirror')
  expect(await audit(seasoned)).toEqual({ exitCode: 0, codes: [] })
}, 120_000)
afterAll(async () => {
  await Promise.all([...witnesses.map(({ stop }) => stop()), ...signers.map((signer) => signer.stop())])
  await log.close()
  await house.close()
})

async function trust(): Promise<Trust> {
  const none = { manifestKeys: [], packageKeys: [], receiptKeys: [], promiseKeys: [] }
  const { municipality, clock } = house
  const about = { format: 1, installation: municipality, municipality, name: 'Prueba', demonstration: true } as const
  return { ...about, ...none, madeAtMs: clock.nowMs(), ...(await house.ledger.trusted()) }
}

/** What an auditor says: one who begins today, or one with a copy from before. */
async function audit(
  folder = temporaryFolder('mirror'),
): Promise<{ exitCode: number | null; codes: readonly string[] }> {
  const { exitCode, output } = await sereno(
    'mirror',
    log.url,
    '--folder',
    folder,
    '--trust',
    trustFile,
    '--once',
    '--full',
    '--json',
  )
  const { findings } = JSON.parse(output) as { findings: readonly { code: string; index?: number }[] }
  return { exitCode, codes: findings.map(({ code, index }) => (index === undefined ? code : `${code} ${index}`)) }
}

/** A folder that holds what the seasoned auditor held before the deed. */
function copyFromBefore(): string {
  const folder = temporaryFolder('mirror')
  cpSync(seasoned, folder, { recursive: true })
  return folder
}

async function withCopy(work: (copy: Copy) => Promise<void>): Promise<void> {
  const copy = await house.copy()
  try {
    await work(copy)
  } finally {
    served = house.ledger
    await copy.close()
  }
}

const superuser = (copy: Copy, statements: string): Promise<unknown> =>
  copy.owner.unsafe(`set session_replication_role = replica; ${statements}; set session_replication_role = default`)

const leafOf = (index: number): string => `(select leaf from leaf_place where index = ${index})`

describe('with the database alone, whoever begins today sees it', () => {
  test.each([
    [
      'an entry deleted',
      `delete from leaf_place where index = 270`,
      ['missing-leaf 256', 'missing-leaf 279'],
      'missing-leaf 279',
    ],
    [
      'an entry deleted and the rest moved up',
      `delete from leaf_place where index = 270; update leaf_place set index = index - 1 where index > 270`,
      ['missing-leaf 256', 'missing-leaf 279'],
      'rewritten-leaf 270',
    ],
    [
      'two entries in another order',
      `create temporary table kept as select index, leaf, hash from leaf_place where index in (20, 30);
       delete from leaf_place where index in (20, 30);
       insert into leaf_place (municipality, origin, index, leaf, hash)
         select log.municipality, log.origin, 50 - kept.index, leaf, hash from kept, log`,
      ['forked'],
      'rewritten-leaf 20',
    ],
    [
      'an entry edited, its hash with it',
      `update leaf set bytes = convert_to(replace(convert_from(bytes, 'UTF8'), '"device"', '"policy"'), 'UTF8') where id = ${leafOf(77)};
       update leaf set hash = sha256('\\x00'::bytea || bytes) where id = ${leafOf(77)};
       update leaf_place set hash = (select hash from leaf where id = leaf) where index = 77`,
      ['forked'],
      'rewritten-leaf 77',
    ],
  ] as const)('%s', { timeout: 60_000 }, async (_, statements, today, known) => {
    await withCopy(async (copy) => {
      await superuser(copy, statements)
      served = copy.newLedger()
      await served.start()
      // Its own comparison stops writing; those outside need not take its word.
      expect((await served.status()).state).not.toBe('following')
      const fresh = await audit()
      expect(fresh.exitCode).toBe(1)
      expect(today).toContain(fresh.codes[0])
      const old = await audit(copyFromBefore())
      expect(old.exitCode).toBe(1)
      expect([known, ...today]).toContain(old.codes[0])
    })
  })

  test('another key: a checkpoint over another past, signed by it', { timeout: 60_000 }, async () => {
    await withCopy(async (copy) => {
      const mine = await signerFromSeed(new Uint8Array(32).fill(66))
      const rows = await copy.owner<{ hash: Uint8Array }[]>`select hash from leaf_place order by index`
      const root = await rootOf(rows.map(({ hash }) => new Uint8Array(hash)))
      const checkpoint = { origin: house.ledger.originUuid, size: rows.length, root, extensions: [] }
      const note = await signCheckpoint(checkpoint, mine)
      const cosigned = addSignatures(note, [await cosign(formatCheckpoint(checkpoint), 'defensoria', mine, 1)])
      await superuser(copy, `update checkpoint set note = '${cosigned}'`)
      served = copy.newLedger()
      await served.start()
      expect(await audit()).toEqual({ exitCode: 1, codes: ['bad-signature'] })
    })
  })
})

describe('rolled back', () => {
  test('the database alone: whoever saw more says so', { timeout: 60_000 }, async () => {
    await withCopy(async (copy) => {
      await house.append({})
      await house.ledger.flush()
      const folder = copyFromBefore()
      expect((await audit(folder)).codes).toEqual([])
      served = copy.newLedger()
      await served.start()
      expect((await served.status()).state).toBe('behind')
      expect(await audit(folder)).toEqual({ exitCode: 1, codes: ['shrunk'] })
    })
  })

  test('database and signer together, and grown another way: witnesses and copies contradict it', {
    timeout: 120_000,
  }, async () => {
    const { ledger, scope, dataFolder, municipality } = house
    const oldKeys = join(temporaryFolder('old-signer'), 'signer')
    // With its owner: the signer opens nobody else's files.
    execFileSync('cp', ['-a', join(dataFolder, 'signer'), oldKeys])
    await withCopy(async (copy) => {
      const vkey = await ledger.vkey()
      for (const name of ['defensoria', 'diario']) {
        const witness = await startWitness(['--log', vkey, '--name', name])
        witnesses.push(witness)
        await ledgerWitness(copy, witness)
        await ledgerWitness(house, witness)
      }
      await house.append({ fields: { what: 'happened' } })
      await ledger.flush()
      writeFileSync(trustFile, formatTrust(await trust()))
      const folder = copyFromBefore()
      expect((await audit(folder)).codes).toEqual([])

      // An old backup of everything. The machine alone cannot know.
      const account = accountFor({ name: 'sereno-signer', fallbacks: ['nobody'], folder: oldKeys }, () => undefined)
      const old = await startSigner({ folder: oldKeys, runFolder: temporaryFolder('run'), account, log: silentLog })
      signers.push(old)
      served = copy.newLedger(undefined, old.client)
      await served.start()
      await copy.database.transaction((tx) =>
        served.append(tx, {
          municipality,
          kind: 'device.tested',
          coarse: 'device',
          subjects: [],
          actor: scope.actor,
          fields: { what: 'did not happen' },
        }),
      )
      await copy.database.transaction((tx) =>
        served.append(tx, {
          municipality,
          kind: 'device.tested',
          coarse: 'device',
          subjects: [],
          actor: scope.actor,
          fields: { what: 'nor this' },
        }),
      )
      await served.flush()
      // Nothing is published: the witnesses remember another past.
      const status: unknown = await (await fetch(`${log.url}/log/status.json`)).json()
      expect(status).toMatchObject({ waiting: { cosigned: 0 } })
      const contacts = await copy.database.sql<{ problem: string }[]>`select problem from witness_contact`
      expect(contacts.every(({ problem }) => /^(refused 422|ahead \d+)$/.test(problem))).toBe(true)
      expect((await audit(folder)).codes).toContain('shrunk')
    })
  })
})

async function ledgerWitness(books: House | Copy, witness: WitnessProcess): Promise<void> {
  const vkeys = `{${witness.vkeys.map((vkey) => `"${vkey}"`).join(',')}}`
  await books.database.sql`
    insert into witness (id, municipality, name, vkeys, url, municipal, added_at)
    values (${house.ids.uuid()}, ${house.municipality}, ${witness.name}, ${vkeys}::text[], ${witness.url}, false, 1)`
}
