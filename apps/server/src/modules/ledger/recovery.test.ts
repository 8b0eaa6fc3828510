import { rm } from 'node:fs/promises'
import { toHex, verifyInclusion } from '@sereno/proof'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ledgerMigrations, type NewEntry } from './index.ts'
import { entryOf, findings, type House, openHouse, verified } from './ledger.test-kit.ts'

let house: House
beforeAll(async () => {
  house = await openHouse([ledgerMigrations])
  // More than a tile of 256, so that there are nodes above the leaves.
  for (let count = 0; count < 260; count += 1) {
    await house.append({ fields: { count: String(count) } })
  }
  await house.ledger.flush()
})
afterAll(() => house.close())

describe('a crash at every numbered step', () => {
  const steps = [
    'sequence.locked',
    'sequence.read',
    'sequence.placed',
    'sequence.written',
    'sequence.committed',
    'publish.compared',
    'publish.mirrored',
    'publish.signed',
    'publish.written',
    'publish.committed',
  ]
  test.each(steps)('%s', async (fatal) => {
    let armed = true
    const dying = house.newLedger((step) => {
      if (armed && step === fatal) {
        throw new Error(`killed at ${fatal}`)
      }
    })
    armed = false
    await dying.start()
    const entry = await house.append({ fields: { fatal } })
    armed = true
    await expect(dying.flush()).rejects.toThrow(fatal)

    // What a restart does, and nothing more.
    const next = house.newLedger()
    await next.start()
    expect(await next.status()).toMatchObject({ state: 'following' })
    expect(await findings(next)).toEqual([])
    const proof = await next.proofOf(entry.id)
    const { size, root } = await verified(house.ledger, proof?.checkpoint ?? '')
    const claim = { leafHash: entry.leafHash, index: proof?.index ?? -1, size, root, proof: proof?.proof ?? [] }
    expect(await verifyInclusion(claim)).toBe(true)
    await house.ledger.start()
  })
})

describe('the checker finds what an administrator of the database did', () => {
  const last = (query: string) => `(select ${query} from leaf_place order by index desc limit 1)`
  test.each([
    [
      'a rewritten opening',
      `update leaf_opening set fields = '{"kind":["a.b","00"]}' where leaf = ${last('leaf')}`,
      'ledger.opening-wrong',
    ],
    ['an erased opening', `delete from leaf_opening where leaf = ${last('leaf')}`, 'ledger.opening-missing'],
    ['a rewritten leaf', `update leaf set bytes = 'x' where id = ${last('leaf')}`, 'ledger.leaf-wrong'],
    ['a leaf of another kind', `update leaf set coarse = 'policy' where id = ${last('leaf')}`, 'ledger.leaf-misfiled'],
    ['a removed place', 'delete from leaf_place where index = 3', 'ledger.index-missing'],
    [
      'places swapped',
      'update leaf_place a set hash = b.hash from leaf_place b where a.index = 2 and b.index = 1',
      'ledger.leaf-wrong',
    ],
    ['a rewritten node', `update tree_node set hash = '\\x${'00'.repeat(32)}'`, 'ledger.node-wrong'],
    ['a removed end', 'delete from leaf_place where index > 5', 'ledger.behind'],
    ['a rewritten checkpoint', `update checkpoint set root = '\\x${'00'.repeat(32)}'`, 'ledger.checkpoint-wrong'],
    [
      'a forged note',
      `update checkpoint set note = replace(note, chr(10) || chr(10), chr(10) || 'x' || chr(10))`,
      'ledger.signature-wrong',
    ],
  ])('%s', async (_name, statement, code) => {
    await house.ledger.flush()
    const copy = await house.copy()
    await copy.owner.unsafe(`set session_replication_role = replica; ${statement}`)
    expect((await findings(copy.newLedger())).map((finding) => finding.code)).toContain(code)
    await copy.close()
  })

  test('an entry that was kept from the sequencer', async () => {
    await house.ledger.flush()
    const copy = await house.copy()
    await copy.append({})
    await copy.owner.unsafe('delete from leaf_pending')
    expect((await findings(copy.newLedger())).map(({ code }) => code)).toEqual(['ledger.leaf-forgotten'])
    await copy.close()
  })
})

describe('a database restored from an hour ago', () => {
  const later: Partial<NewEntry> = { subjects: ['device:lost'] }

  test('takes no entry, then takes the published leaves back and goes on', async () => {
    await house.ledger.flush()
    const pending = await house.append({ subjects: ['device:kept'] })
    const old = await house.copy()
    for (let count = 0; count < 300; count += 1) {
      await house.append(later)
    }
    await house.ledger.flush()
    const signed = house.ledger.newestCheckpoint()

    const restored = old.newLedger()
    await restored.start()
    expect((await restored.status()).state).toBe('behind')
    await expect(
      old.database.transaction((tx) => restored.append(tx, entryOf(house.municipality, {}))),
    ).rejects.toMatchObject({ code: 'ledger.behind' })
    expect(() => restored.gate('POST /devices/enrolments')).toThrow('ledger.behind')
    expect(() => restored.gate('GET /recordings')).not.toThrow()
    await restored.flush()
    expect(restored.newestCheckpoint()?.size).toBeLessThan(signed?.size ?? 0)

    expect(await restored.importPublished()).toBe(301)
    expect((await restored.status()).state).toBe('following')
    expect(await restored.entriesOf(house.scope, 'device:lost')).toEqual([])
    expect(await restored.entriesOf(house.scope, 'device:kept')).toMatchObject([{ id: pending.id, state: 'published' }])
    expect(await findings(restored)).toEqual([])
    const imported = await old.database.sql<{ count: number }[]>`select count(*)::int as count from leaf_lost`
    expect(imported[0]?.count).toBe(300)
    await old.database.transaction((tx) => restored.append(tx, entryOf(house.municipality, {})))
    await restored.flush()
    expect(restored.newestCheckpoint()?.size).toBe((signed?.size ?? 0) + 2)
    expect(await findings(restored)).toEqual([])
    await old.close()
  })

  test('that has grown another way is refused by the signer: the log is never forked', async () => {
    // The test before has signed past this database, on its copy: it is the old one now.
    const behind = house.newLedger()
    await behind.start()
    expect((await behind.status()).state).toBe('behind')
    // Its own entries make it longer than what was signed, as if it had never been compared.
    const forked = await house.copy()
    for (let count = 0; count < 5; count += 1) {
      await forked.appendUnchecked()
    }
    await forked.placeAll()
    const ledger = forked.newLedger()
    await ledger.start()
    expect((await ledger.status()).state).toBe('forked')
    await expect(
      forked.database.transaction((tx) => ledger.append(tx, entryOf(house.municipality, {}))),
    ).rejects.toMatchObject({ code: 'ledger.forked' })
    await expect(ledger.importPublished()).resolves.toBe(0)
    await ledger.flush()
    expect((await ledger.status()).state).toBe('forked')
    await forked.close()
  })

  test('on another machine writes the published leaves to files again', async () => {
    const mirror = house.mirrorOf(house.ledger.originUuid)
    const copy = await house.copy()
    const ledger = copy.newLedger()
    await ledger.importPublished()
    const bundle = toHex((await mirror.read(0)) ?? new Uint8Array(0))
    await rm(mirror.pathOf(0))
    expect((await findings(ledger)).map(({ code }) => code)).toEqual(['ledger.mirror-wrong'])
    await ledger.start()
    expect(toHex((await mirror.read(0)) ?? new Uint8Array(0))).toBe(bundle)
    expect(await findings(ledger)).toEqual([])
    await copy.close()
  })

  test('takes nothing back from a copy that was tampered with', async () => {
    const old = await house.copy()
    const ledger = old.newLedger()
    await ledger.start()
    await expect(ledger.importPublished(async () => null)).rejects.toMatchObject({ code: 'ledger.behind' })
    const flipped = async (index: number) => {
      const bundle = await house.mirrorOf(ledger.originUuid).read(index)
      return bundle === null ? null : bundle.map((byte, place) => (place === bundle.length - 5 ? byte ^ 1 : byte))
    }
    await expect(ledger.importPublished(flipped)).rejects.toMatchObject({ code: 'ledger.forked' })
    expect((await ledger.status()).state).toBe('behind')
    await old.close()
  })
})
