import { hash } from 'node:crypto'
import { bytesSource, type CheckTimestamp, toHex, verifyPackage } from '@sereno/proof'
import { checkTimestamp } from '@sereno/timestamp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageBytes, packageParts, testTrust } from '../../../../../packages/proof/src/package.test-kit.ts'
import { ledgerMigrations } from './index.ts'
import { findings, type House, openHouse } from './ledger.test-kit.ts'
import { servePublicLog, startAuthority, type TestAuthority } from './outside.test-kit.ts'
import { everyStamp } from './stamp-store.ts'
import { askOverHttp, createStamps, type Stamps } from './stamps.ts'

let house: House
let first: TestAuthority
let second: TestAuthority
let stamps: Stamps

beforeAll(async () => {
  house = await openHouse([ledgerMigrations])
  house.clock.jumpTo(Date.now())
  first = await startAuthority()
  second = await startAuthority(60)
  const { database, clock, ids, ledger } = house
  const log = { warn: () => undefined } as unknown as Parameters<typeof createStamps>[0]['log']
  stamps = createStamps({
    database,
    clock,
    ids,
    log,
    ask: askOverHttp,
    append: (tx, entry) => ledger.append(tx, entry),
  })
})
afterAll(async () => {
  await first.close()
  await second.close()
  await house.close()
})

const manifest = hash('sha256', 'a manifest')

test('without an authority nothing is wished for', async () => {
  const { database, ledger, municipality } = house
  await database.transaction((tx) => ledger.stampManifest(tx, municipality, manifest))
  expect(await ledger.stamp()).toBe(0)
  expect(await ledger.stampsOf(manifest)).toEqual([])
})

test('manifests and each day’s checkpoint are stamped by every authority, once; a package’s verifier agrees', async () => {
  const { database, ledger, scope, municipality } = house
  await expect(stamps.add(scope, { name: 'x', url: first.url, certificate: 'nothing' })).rejects.toMatchObject({
    code: 'ledger.wrong-certificate',
  })
  const id = await stamps.add(scope, { name: 'Primera', url: first.url, certificate: first.certificate })
  expect((await ledger.entriesOf(scope, `authority:${id}`)).map(({ kind }) => kind)).toEqual(['authority.added'])
  await ledger.flush()
  await database.transaction((tx) => ledger.stampManifest(tx, municipality, manifest))
  expect(await ledger.stamp()).toBe(2)
  expect(await ledger.stamp()).toBe(0)
  const [packed, ...more] = await ledger.stampsOf(manifest)
  expect([packed?.over, packed?.name, more.length]).toEqual(['manifest', 'sello-1', 0])
  const trust = await ledger.trusted()
  const over = Buffer.from(manifest, 'hex')
  expect(await checkTimestamp(packed!.token, over, trust)).toMatchObject({ status: 'good', authority: 'Primera' })
  const other = { ...trust, timeAuthorities: [{ name: 'Otra', certificate: second.certificate }] }
  expect(await checkTimestamp(packed!.token, over, other)).toEqual({ status: 'bad', code: 'unknown-authority' })
  const altered = new Uint8Array(packed!.token)
  altered[altered.length - 9] = (altered.at(-9) ?? 0) ^ 1
  expect(await checkTimestamp(altered, over, trust)).toEqual({ status: 'bad', code: 'bad-signature' })
  expect(await checkTimestamp(packed!.token, Buffer.alloc(32), trust)).toEqual({
    status: 'bad',
    code: 'timestamp-differs',
  })
  expect(await findings(ledger)).toEqual([])
})

test('one that does not answer is asked again; what ends within 90 days is named and stamped anew', {
  timeout: 60_000,
}, async () => {
  const { database, ledger, scope, municipality } = house
  const silent = await stamps.add(scope, {
    name: 'Callada',
    url: 'http://127.0.0.1:9/tsr',
    certificate: second.certificate,
  })
  expect(await ledger.stamp()).toBe(0)
  await stamps.remove(scope, silent, 'no contesta')
  await stamps.add(scope, { name: 'Corta', url: second.url, certificate: second.certificate })
  expect(await ledger.stamp()).toBe(2)
  const named = (await findings(ledger)).filter(({ code }) => code === 'ledger.stamp-expiring')
  expect(named.length).toBe(2)
  // The next round renews both, by the one whose certificate lasts; and then nothing is left to renew.
  expect(await ledger.stamp()).toBe(2)
  expect(await ledger.stamp()).toBe(0)
  const held = await everyStamp(database.db, municipality)
  const renewals = held.filter(({ kind }) => kind === 'renewal')
  expect(renewals.map(({ authority }) => authority)).toEqual(['Primera', 'Primera'])
  expect(renewals.map(({ sha256 }) => Buffer.from(sha256).toString('hex')).sort()).toEqual(
    held
      .filter(({ authority, kind }) => authority === 'Corta' && kind !== 'renewal')
      .map(({ token }) => hash('sha256', token))
      .sort(),
  )
  expect(await findings(ledger)).toEqual([])
})

test('a package carries each stamp with what renews it, and its verifier follows them in their order', async () => {
  const { ledger } = house
  const timestamps = await ledger.stampsOf(manifest)
  expect(timestamps.map(({ name, renewal }) => [name, renewal])).toEqual([
    ['sello-1', []],
    ['sello-2', []],
    ['sello-2', [1]],
  ])
  const { timeAuthorities = [] } = await ledger.trusted()
  const trust = { ...testTrust, timeAuthorities }
  const stamped = await packageParts()
  const judged = async (nowMs: number) => {
    // The tokens are over a manifest of this test: its hash stands for that of the package's own.
    const check: CheckTimestamp = (token, sha256, keys) =>
      checkTimestamp(
        token,
        hash('sha256', stamped.manifest) === toHex(sha256) ? Buffer.from(manifest, 'hex') : sha256,
        keys,
      )
    const bytes = await packageBytes({ parts: (parts) => ({ ...parts, timestamps, origin: trust }) })
    const { checks } = await verifyPackage(bytesSource(bytes), { trust, checkTimestamp: check, nowMs })
    return checks.filter(({ id }) => id === 'timestamps').map(({ status, code }) => code ?? status)
  }
  expect(await judged(house.clock.nowMs())).toEqual(['passed', 'passed', 'passed'])
  // A year on the short certificate has ended; the renewal vouches for its stamp.
  expect(await judged(house.clock.nowMs() + 365 * 86_400_000)).toEqual(['passed', 'passed', 'passed'])
})

test('what has ended is not renewed: it would prove nothing', async () => {
  const alone = await openHouse([ledgerMigrations])
  const clockAt = Date.now()
  alone.clock.jumpTo(clockAt)
  const { database, clock, ids, ledger, scope, municipality } = alone
  const log = { warn: () => undefined } as unknown as Parameters<typeof createStamps>[0]['log']
  const own = createStamps({
    database,
    clock,
    ids,
    log,
    ask: askOverHttp,
    append: (tx, entry) => ledger.append(tx, entry),
  })
  await own.add(scope, { name: 'Corta', url: second.url, certificate: second.certificate })
  await database.transaction((tx) => ledger.stampManifest(tx, municipality, manifest))
  await ledger.flush()
  // Alone it has nothing longer to offer: round after round nothing is asked for.
  expect(await ledger.stamp()).toBe(2)
  expect(await ledger.stamp()).toBe(0)
  expect((await everyStamp(database.db, municipality)).length).toBe(2)
  clock.jumpTo(clockAt + 61 * 86_400_000)
  await own.add(scope, { name: 'Primera', url: first.url, certificate: first.certificate })
  await ledger.stamp()
  await ledger.stamp()
  const held = await everyStamp(database.db, municipality)
  expect(held.filter(({ kind }) => kind === 'renewal')).toEqual([])
  await alone.close()
}, 60_000)

test('anybody may have a day’s checkpoint with its stamps', async () => {
  const log = await servePublicLog(() => house.ledger)
  const day = new Date(house.clock.nowMs()).toISOString().slice(0, 10)
  const answer = (await (await fetch(`${log.url}/log/stamps/${day}`)).json()) as {
    readonly note: string
    readonly stamps: readonly { readonly token: string }[]
  }
  const over = new Uint8Array(hash('sha256', answer.note, 'buffer'))
  const token = Buffer.from(answer.stamps[0]?.token ?? '', 'base64')
  expect(await checkTimestamp(token, over, await house.ledger.trusted())).toMatchObject({ status: 'good' })
  expect((await fetch(`${log.url}/log/stamps/2001-01-01`)).status).toBe(404)
  expect((await fetch(`${log.url}/log/stamps/nothing`)).status).toBe(404)
  await log.close()
})

test('a token somebody exchanged is named', async () => {
  const { owner, ledger } = house
  await owner.unsafe(`alter table stamp disable trigger never_rewritten`)
  await owner.unsafe(`update stamp set token = '\\x3003020101' where id = (select id from stamp order by id limit 1)`)
  await owner.unsafe(`alter table stamp enable trigger never_rewritten`)
  expect(await findings(ledger)).toContainEqual({
    code: 'ledger.stamp-wrong',
    detail: expect.stringContaining('malformed-timestamp'),
  })
})
