import {
  decodeEntryBundle,
  decodeLeaf,
  fromBase64,
  importVerifier,
  inclusionProof,
  isSignedBy,
  leafHash,
  nodesOfTiles,
  openPromise,
  type Tile,
  tilePath,
  toHex,
  verifyInclusion,
  verifyOpenings,
} from '@sereno/proof'
import fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemActor } from '../../kernel/actor.ts'
import { ledgerMigrations } from './index.ts'
import { entryOf, findings, type House, openHouse, verified } from './ledger.test-kit.ts'

let house: House
beforeAll(async () => {
  house = await openHouse([ledgerMigrations])
})
afterAll(() => house.close())

describe('appending', () => {
  test('entries recorded by themselves share a transaction, and one that cannot be kept takes no other with it', async () => {
    const { ledger, municipality, scope } = house
    const subject = `device:${house.ids.uuid()}`
    const recorded = await Promise.allSettled(
      Array.from({ length: 40 }, (_, place) =>
        ledger.record(
          entryOf(municipality, { subjects: [place === 17 ? 'nobody' : subject], fields: { n: String(place) } }),
        ),
      ),
    )
    expect(recorded.flatMap(({ status }, place) => (status === 'rejected' ? [place] : []))).toEqual([17])
    const ids = recorded.flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : []))
    expect((await ledger.entriesOf(scope, subject)).map(({ id }) => id)).toEqual(ids.toReversed())
    const [row] = await house.database.sql<{ transactions: number }[]>`
      select count(distinct xmin::text)::int as transactions from leaf where id = any(${ids})`
    // The whole batch was tried, and then, with a bad one in it, each by itself.
    expect(row?.transactions).toBe(39)

    const good = await Promise.all(
      Array.from({ length: 40 }, () => ledger.record(entryOf(municipality, { subjects: [subject] }))),
    )
    const [shared] = await house.database.sql<{ transactions: number }[]>`
      select count(distinct xmin::text)::int as transactions from leaf where id = any(${good.map(({ id }) => id)})`
    expect(shared?.transactions).toBe(1)
    const [first] = good
    const payload = JSON.parse(await ledger.promiseOf(municipality, first!.leafHash).then((text) => atob(text)))
    expect(JSON.parse(atob(payload.payload))).toMatchObject({ leafHash: Buffer.from(first!.leafHash).toString('hex') })
    await ledger.flush()
    expect(await findings(ledger)).toEqual([])
  })

  test('many at once, some rolled back: every committed entry gets a place, without holes', async () => {
    const { database, ledger, municipality } = house
    const before = (await ledger.status()).size
    const committed: string[] = []
    await Promise.all(
      Array.from({ length: 120 }, async (_, place) => {
        const run = database.transaction(async (tx) => {
          const { id } = await ledger.append(tx, entryOf(municipality, { fields: { place: String(place) } }))
          if (place % 4 === 0) {
            throw new Error('the action failed')
          }
          return id
        })
        await run.then(
          (id) => committed.push(id),
          () => undefined,
        )
        if (place % 10 === 0) {
          await ledger.flush()
        }
      }),
    )
    await ledger.flush()
    const rows = await database.sql<{ index: number; leaf: string }[]>`
      select index, leaf from leaf_place where municipality = ${municipality} order by index`
    expect(rows.map(({ index }) => index)).toEqual(rows.map((_, place) => place))
    expect(rows.length).toBe(before + 90)
    expect(new Set(rows.map(({ leaf }) => leaf))).toEqual(
      new Set([...rows.slice(0, before).map(({ leaf }) => leaf), ...committed]),
    )
    expect(await findings(ledger)).toEqual([])
  })

  test('a reader of the thing sees committed at once, published after publication', async () => {
    const { ledger, scope } = house
    const entry = await house.append({
      subjects: ['recording:r1'],
      purpose: 'incident',
      policy: 'custodia-con-referencia',
    })
    const [committed] = await ledger.entriesOf(scope, 'recording:r1')
    expect(committed).toMatchObject({
      id: entry.id,
      index: null,
      state: 'committed',
      policy: 'custodia-con-referencia',
    })
    expect([await ledger.proofOf(entry.id), await ledger.isPublished(entry.id)]).toEqual([null, false])
    await ledger.flush()
    expect(await ledger.isPublished(entry.id)).toBe(true)
    expect((await ledger.entriesOf(scope, 'recording:r1'))[0]).toMatchObject({ state: 'published' })
    expect(await ledger.entriesOf({ ...scope, municipality: house.ids.uuid() }, 'recording:r1')).toEqual([])
  })

  test('a promise is signed by the promise key and kept within a minute', async () => {
    const { ledger, signer, clock } = house
    const { id, leafHash: hash } = await house.append({})
    const envelope = fromBase64(await ledger.promise(id))
    const opened = envelope === null ? null : openPromise(envelope)
    const verifier = await importVerifier((await signer.publicKeys()).promise)
    if (opened?.ok !== true || !verifier.ok) {
      throw new Error('not a promise')
    }
    expect(await isSignedBy(opened.value.envelope, verifier.value)).toBe(true)
    expect(opened.value.value).toMatchObject({ origin: ledger.originUuid, leafHash: toHex(hash) })
    expect(opened.value.value.includedByMs - clock.nowMs()).toBe(60_000)
    await expect(ledger.promise(house.ids.uuid())).rejects.toMatchObject({ code: 'ledger.not-found' })
  })

  test('counters have no holes, whatever is rolled back', async () => {
    const { database, ledger } = house
    const numbers: number[] = []
    await Promise.all(
      Array.from({ length: 40 }, (_, place) =>
        database
          .transaction(async (tx) => {
            const number = await ledger.counter(tx, 'test')
            if (place % 3 === 0) {
              throw new Error('rolled back')
            }
            return number
          })
          .then(
            (number) => numbers.push(number),
            () => undefined,
          ),
      ),
    )
    expect(numbers.toSorted((left, right) => left - right)).toEqual(numbers.map((_, place) => place + 1))
  })
})

describe('the public log', () => {
  test('tiles and checkpoint over HTTP prove every entry to who trusts only the key', async () => {
    const { ledger, scope } = house
    for (let count = 0; count < 300; count += 1) {
      await house.append({ subjects: ['device:tiles'], fields: { count: String(count) } })
    }
    await ledger.flush()
    const app = fastify()
    for (const { url, handle } of ledger.files) {
      app.get(url, handle)
    }
    const get = async (path: string) => app.inject({ method: 'GET', url: `/log/${path}` })
    const note = await get('checkpoint')
    expect([note.statusCode, note.headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8'])
    const { size, root } = await verified(house.ledger, note.body)
    const readTile = async (tile: Tile) => {
      const answer = await get(tilePath(tile))
      expect(answer.headers['cache-control']).toContain('immutable')
      return new Uint8Array(answer.rawPayload)
    }
    const nodes = nodesOfTiles(size, readTile)

    const proofs = await ledger.proofsOf(scope, 'device:tiles')
    expect(proofs.length).toBe(300)
    for (const entry of [proofs[0], proofs[150], proofs.at(-1)]) {
      const bundleIndex = Math.floor((entry?.index ?? 0) / 256)
      const width = Math.min(256, size - bundleIndex * 256)
      const bundle = decodeEntryBundle(await readTile({ level: 'entries', index: bundleIndex, width }))
      const leaf = bundle?.[(entry?.index ?? 0) % 256]
      if (leaf === undefined || entry === undefined) {
        throw new Error('not in its bundle')
      }
      expect(toHex(leaf)).toBe(toHex(entry.leaf))
      const claim = { leafHash: await leafHash(leaf), index: entry.index, size, root }
      expect(await verifyInclusion({ ...claim, proof: entry.proof })).toBe(true)
      expect(await verifyInclusion({ ...claim, proof: await inclusionProof(nodes, entry.index, size) })).toBe(true)
      const decoded = decodeLeaf(leaf)
      const values = decoded.ok ? await verifyOpenings(decoded.value, entry.openings ?? []) : null
      expect(values?.get('kind')).toBe('device.tested')
    }
    await app.close()
  })

  test('serves nothing that no published checkpoint covers', async () => {
    const app = fastify()
    for (const { url, handle } of house.ledger.files) {
      app.get(url, handle)
    }
    const { size } = await house.ledger.status()
    const wide = tilePath({ level: 0, index: Math.floor(size / 256), width: (size % 256) + 1 })
    const paths = [wide, 'tile/0/999', 'tile/0/1', 'tile/9/000', 'tile/0/000.p/0', 'tile/0/x000/000', 'other']
    const answers = await Promise.all(paths.map((path) => app.inject({ method: 'GET', url: `/log/${path}` })))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(paths.map(() => 404))
    await app.close()
  })

  test('each checkpoint is newer than the last one and consistent with it, and told once', async () => {
    const told: number[] = []
    const stop = house.ledger.onCheckpoint(({ size }) => told.push(size))
    const before = house.ledger.newestCheckpoint()?.size ?? 0
    await house.append({})
    await house.ledger.flush()
    await house.ledger.flush()
    stop()
    expect(told).toEqual([before + 1])
  })
})

describe('the database roles', () => {
  const statements = [
    `update leaf set coarse = 'other'`,
    'delete from leaf',
    'truncate leaf cascade',
    `update leaf_opening set kind = 'other.thing'`,
    'delete from leaf_opening',
    'truncate leaf_opening',
    'delete from leaf_subject',
    'update leaf_place set index = index + 1',
    'delete from leaf_place',
    'delete from tree_node',
    'update checkpoint set size = 1',
    'delete from checkpoint',
    'truncate checkpoint',
    'delete from leaf_lost',
    'delete from log',
    'delete from counter',
    'update counter set value = value + 2',
    'update counter set value = 1',
    'truncate counter',
    'truncate leaf_pending',
    'alter table leaf disable trigger all',
    'drop trigger never_rewritten on leaf',
  ]
  test.each(statements)('the application’s may not: %s', async (statement) => {
    await expect(house.database.sql.unsafe(statement)).rejects.toMatchObject({ code: '42501' })
  })

  test.each(statements.slice(0, 4))('and a trigger stops the owner: %s', async (statement) => {
    await expect(house.owner.unsafe(statement)).rejects.toThrow(/never changed/)
  })
})

describe('the ledger read by people', () => {
  const call = async (role: 'overseer' | 'administrator', query: Record<string, string>) => {
    const route = house.ledger.routes.find(({ name }) => name === 'GET /ledger/entries')
    const actor = { ...systemActor(house.municipality), kind: 'person' as const, roles: [role] }
    const answer = await route?.handle({ actor, scope: { municipality: house.municipality, actor }, query } as never)
    return answer as { entries: { id: string; kind: string; fields: Record<string, string> | null }[]; next: string }
  }

  test('shows every leaf, and opens what is the reader’s', async () => {
    const look = await house.append({ kind: 'recording.viewed', coarse: 'access', subjects: ['recording:r2'] })
    const made = await house.append({ kind: 'account.created', coarse: 'person', subjects: ['person:p2'] })
    const find = async (role: 'overseer' | 'administrator', id: string) =>
      (await call(role, {})).entries.find((entry) => entry.id === id)
    expect(await find('overseer', look.id)).toMatchObject({
      kind: 'recording.viewed',
      fields: { subjects: 'recording:r2' },
    })
    expect(await find('administrator', look.id)).toMatchObject({ kind: 'access', fields: null })
    expect(await find('administrator', made.id)).toMatchObject({ kind: 'account.created' })
    expect((await call('administrator', { subject: 'recording:r2' })).entries).toEqual([])
    expect((await call('administrator', { kind: 'recording.viewed' })).entries).toEqual([])
    expect((await call('overseer', { subject: 'recording:r2' })).entries.map(({ id }) => id)).toEqual([look.id])
    expect((await call('administrator', { kind: 'access' })).entries.length).toBeGreaterThan(0)
  })

  test('proves an entry once it is published, and only within its municipality', async () => {
    const { ledger, municipality } = house
    const { id, leafHash: hash } = await house.append({})
    const route = ledger.routes.find(({ name }) => name === 'GET /ledger/entries/:id/proof')
    const actor = systemActor(municipality)
    const ask = (of: string) => route?.handle({ actor, scope: { municipality: of, actor }, params: { id } } as never)
    await expect(ask(municipality)).rejects.toMatchObject({ code: 'ledger.not-published' })
    await ledger.flush()
    await expect(ask(house.ids.uuid())).rejects.toMatchObject({ code: 'ledger.not-found' })
    const answer = (await ask(municipality)) as { index: number; leafHash: string; proof: string[]; checkpoint: string }
    const { size, root } = await verified(ledger, answer.checkpoint)
    const proof = answer.proof.map((step) => Uint8Array.from(Buffer.from(step, 'hex')))
    expect(answer.leafHash).toBe(toHex(hash))
    expect(await verifyInclusion({ leafHash: hash, index: answer.index, size, root, proof })).toBe(true)
  })

  test('pages through all of it, newest first', async () => {
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Awaited<ReturnType<typeof call>> = await call('overseer', {
        limit: 50,
        ...(cursor === '' ? {} : { cursor }),
      } as never)
      seen.push(...page.entries.map(({ id }) => id))
      cursor = page.next
    }
    expect(new Set(seen).size).toBe((await house.ledger.status()).committed)
    expect(seen).toEqual(seen.toSorted().reverse())
  })
})
