import { rmSync } from 'node:fs'
import { judgeCheckpoint } from '@sereno/proof'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Refusal } from '../../kernel/errors.ts'
import { temporaryFolder } from '../../test-kit/index.ts'
import { ledgerMigrations } from './index.ts'
import { findings, type House, openHouse } from './ledger.test-kit.ts'
import { sereno, servePublicLog, startWitness, type WitnessProcess } from './outside.test-kit.ts'
import { allLogs } from './store.ts'
import { answeringOutside } from './witness-store.ts'
import { createWitnesses, unwitnessedAfterMs } from './witnesses.ts'

let house: House
let log: Awaited<ReturnType<typeof servePublicLog>>
const running: WitnessProcess[] = []

beforeAll(async () => {
  house = await openHouse([ledgerMigrations])
  // Those outside have clocks of their own.
  house.clock.jumpTo(Date.now())
  await house.append({})
  await house.ledger.flush()
  log = await servePublicLog(() => house.ledger)
})
afterAll(async () => {
  await Promise.all(running.map(({ stop }) => stop()))
  await log.close()
  await house.close()
})

const reason = 'Lo pide el concejo'
const witnessesOf = ({ database, clock, ids, ledger }: House) =>
  createWitnesses({
    database,
    clock,
    ids,
    append: (tx, entry) => ledger.append(tx, entry),
    counter: (tx, municipality) => ledger.counter(tx, 'witness-change', municipality),
    witnessed: (entry) => ledger.witnessed(entry),
    answering: async (tx, municipality) => {
      const log = (await allLogs(tx)).find((one) => one.municipality === municipality)
      return log === undefined ? 0 : answeringOutside(tx, log)
    },
    decide: (actor, action, { proposer }) => {
      if (action === 'witness.approve' && proposer === actor.id) {
        throw new Refusal('ledger.second-person')
      }
      return 'de-la-prueba'
    },
  })
/** Somebody else than the one who proposes. */
const second = () => ({ ...house.scope, actor: { ...house.scope.actor, id: 'second', name: 'Segunda Persona' } })

/** Proposed, approved, witnessed by those who watch now, in force. */
async function inForce(proposed: Promise<string | null>): Promise<void> {
  const id = await proposed
  const change = witnessesOf(house)
  if (id !== null) {
    await change.approve(second(), id)
    await expect
      .poll(
        async () => {
          await house.ledger.flush()
          await change.apply(house.municipality)
          return stateOf(id)
        },
        { timeout: 30_000 },
      )
      .toBe('in-force')
  }
}
async function stateOf(change: string): Promise<string | undefined> {
  const rows = await house.database.sql<{ state: string }[]>`select state from witness_change where id = ${change}`
  return rows[0]?.state
}

async function published() {
  const note = await (await fetch(`${log.url}/log/checkpoint`)).text()
  const judged = await judgeCheckpoint(note, await house.ledger.trusted())
  if (!judged.ok) {
    throw new Error(judged.code)
  }
  return judged.value
}

async function status() {
  return (await (await fetch(`${log.url}/log/status.json`)).json()) as {
    readonly quorum: number
    readonly waiting: { readonly size: number; readonly cosigned: number } | null
    readonly published: { readonly size: number }
    readonly size: number
  }
}

async function run(...args: Parameters<typeof startWitness>): Promise<WitnessProcess> {
  const witness = await startWitness(...args)
  running.push(witness)
  return witness
}

const asking = (witness: WitnessProcess, municipal = false) => ({
  name: witness.name,
  vkeys: witness.vkeys,
  url: witness.url,
  municipal,
})

test('a quorum of strangers attests what is published; without it publication waits, visibly, and work goes on', {
  timeout: 120_000,
}, async () => {
  const { ledger, scope } = house
  const change = witnessesOf(house)
  const vkey = await ledger.vkey()
  const before = await published()
  expect(before.attestation).toEqual({ quorum: 0, unsupported: 0, witnesses: [] })
  expect(before.mlDsa).toBe('signed')

  // One that is asked, one of the municipality's own, one behind a firewall that fetches by itself.
  const defensoria = await run(['--log', vkey, '--name', 'defensoria'])
  const own = await run(['--log', vkey, '--name', 'municipio'])
  await inForce(change.add(scope, asking(defensoria), reason))
  await inForce(change.add(scope, asking(own, true), reason))
  await ledger.flush()
  expect((await status()).quorum).toBe(0)

  const folder = temporaryFolder('witness')
  const diario = await run(['--log', log.url, '--name', 'diario', '--every', '0.2'], folder)
  await inForce(change.add(scope, { ...asking(diario), url: null }, reason))
  expect((await status()).quorum).toBe(2)
  const entry = await house.append({})
  await expect
    .poll(
      async () => {
        await ledger.flush()
        return ledger.witnessed(entry.id)
      },
      { timeout: 30_000 },
    )
    .toBe(true)
  const attested = await published()
  expect(attested.attestation.witnesses.map(({ name }) => name)).toEqual(['defensoria', 'diario'])
  expect(attested.signed.filter(({ by }) => by.name === 'diario').length).toBe(2)
  expect(await findings(ledger)).toEqual([])

  // One of the two goes away: nothing is published, everything is entered, and everybody can see it.
  await diario.stop()
  const waiting = await house.append({})
  await ledger.flush()
  house.clock.advance(61_000)
  await ledger.flush()
  expect(await ledger.isPublished(waiting.id)).toBe(false)
  expect(await ledger.witnessed(waiting.id)).toBe(false)
  expect((await house.append({})).id).not.toBe('')
  const delayed = await status()
  expect(delayed.waiting?.cosigned).toBe(2)
  expect(delayed.published.size).toBe(attested.checkpoint.size)
  expect((await ledger.status()).waitingSince).not.toBeNull()
  expect(await findings(ledger)).toContainEqual({ code: 'ledger.publication-delayed', detail: expect.any(String) })

  // It comes back with what it remembers, and everything is published.
  await run(['--log', log.url, '--every', '0.2'], folder)
  await expect
    .poll(
      async () => {
        await ledger.flush()
        return ledger.witnessed(waiting.id)
      },
      { timeout: 30_000 },
    )
    .toBe(true)
  expect((await status()).waiting).toBeNull()
  expect((await ledger.status()).waitingSince).toBeNull()
})

test('changes are entries; what cannot be is refused', async () => {
  const { ledger, scope } = house
  const change = witnessesOf(house)
  const added = (await ledger.entriesOf(scope, `witness:${(await idsByName()).get('defensoria')}`))[0]
  expect(added).toMatchObject({ kind: 'witness.added', details: { name: 'defensoria', municipal: 'false' } })
  const someone = { name: 'x', url: null, municipal: false }
  await expect(change.add(scope, { ...someone, vkeys: [await ledger.vkey()] }, reason)).rejects.toMatchObject({
    code: 'ledger.wrong-key',
  })
  const [known] = running
  await expect(change.add(scope, asking(known!), reason)).rejects.toMatchObject({ code: 'ledger.witness-known' })
  await expect(change.changeQuorum(scope, 3, reason)).rejects.toMatchObject({ code: 'ledger.quorum' })
  const removed = await run(['--log', await ledger.vkey(), '--name', 'de-paso'])
  await inForce(change.add(scope, asking(removed), reason))
  const id = (await idsByName()).get('de-paso') ?? ''
  await inForce(change.remove(scope, id, 'se mudó'))
  // Of the last two none goes before another one has come: fewer would open every gate that waits for them.
  const ids = await idsByName()
  for (const name of ['defensoria', 'diario']) {
    await expect(change.remove(scope, ids.get(name) ?? '', 'estorba')).rejects.toMatchObject({ code: 'ledger.quorum' })
  }
  expect((await ledger.entriesOf(scope, `witness:${id}`)).map(({ kind }) => kind)).toEqual([
    'witness.removed',
    'witness.change-approved',
    'witness.change-proposed',
    'witness.added',
  ])
})

/** Proposed as soon as the newest checkpoint carries as many. */
async function rise(quorum: number): Promise<string> {
  let id: string | null = null
  await expect
    .poll(
      async () => {
        await house.ledger.flush()
        id ??= await witnessesOf(house).changeQuorum(house.scope, quorum, reason)
        return id
      },
      { timeout: 30_000 },
    )
    .not.toBeNull()
  return id ?? ''
}

test('the signature of a dead witness is not demanded: nobody stops publication so', { timeout: 120_000 }, async () => {
  const { ledger, scope } = house
  const change = witnessesOf(house)
  const dead = await run(['--log', await ledger.vkey(), '--name', 'colegio'])
  await inForce(change.add(scope, asking(dead), reason))
  const proposed = await rise(3)
  const approved = await rise(3)
  await change.approve(second(), approved)
  await dead.stop()

  const goesOn = async () => {
    const entry = await house.append({})
    await expect
      .poll(
        async () => {
          await ledger.flush()
          await change.apply(house.municipality)
          return ledger.witnessed(entry.id)
        },
        { timeout: 30_000 },
      )
      .toBe(true)
    expect((await status()).quorum).toBe(2)
  }
  await goesOn()
  await expect(change.changeQuorum(scope, 3, reason)).rejects.toMatchObject({ code: 'ledger.witness-silent' })
  await expect(change.approve(second(), proposed)).rejects.toMatchObject({ code: 'ledger.witness-silent' })
  // Approved while it lived: it waits for that signature, and publication does not.
  expect(await stateOf(approved)).toBe('approved')
  await goesOn()
  house.clock.advance(unwitnessedAfterMs)
  await change.apply(house.municipality)
  expect(await stateOf(approved)).toBe('refused')
  await goesOn()

  house.clock.jumpTo(Date.now())
  await change.refuse(second(), proposed, 'No contesta')
  await inForce(change.remove(scope, (await idsByName()).get('colegio') ?? '', 'No contesta'))
})

test('nobody asks for fewer alone, and those who watch attest it first', { timeout: 120_000 }, async () => {
  const { scope } = house
  const change = witnessesOf(house)
  const folder = temporaryFolder('third')
  const third = await run(['--log', await house.ledger.vkey(), '--name', 'universidad'], folder)
  await inForce(change.add(scope, asking(third), reason))
  expect(await change.changeQuorum(scope, 2, reason)).toBeNull()
  const more = await rise(3)
  await expect(change.approve(scope, more)).rejects.toMatchObject({ code: 'ledger.second-person' })
  expect((await status()).quorum).toBe(2)
  await inForce(Promise.resolve(more))
  expect((await status()).quorum).toBe(3)

  const fewer = await change.changeQuorum(scope, 2, 'Cuesta mucho')
  expect((await status()).quorum).toBe(3)
  await expect(change.approve(scope, fewer ?? '')).rejects.toMatchObject({ code: 'ledger.second-person' })
  await third.stop()
  await change.approve(second(), fewer ?? '')
  await expect(change.approve(second(), fewer ?? '')).rejects.toMatchObject({ code: 'ledger.change-decided' })
  await house.ledger.flush()
  await change.apply(house.municipality)
  // Two of three attested that it was approved; the quorum that it lowers is three.
  expect([await stateOf(fewer ?? ''), (await status()).quorum]).toEqual(['approved', 3])

  // What is not wanted any more is taken back, until it is in force.
  await change.refuse(scope, fewer ?? '', 'Se queda como está')
  await change.apply(house.municipality)
  expect([await stateOf(fewer ?? ''), (await status()).quorum]).toEqual(['refused', 3])

  // One that never answers again does not keep itself for ever: after two weeks, and everybody counts it.
  const again = await change.changeQuorum(scope, 2, 'No contesta')
  await change.approve(second(), again ?? '')
  house.clock.advance(unwitnessedAfterMs - 1)
  await change.apply(house.municipality)
  expect(await stateOf(again ?? '')).toBe('approved')
  house.clock.advance(1)
  await change.apply(house.municipality)
  expect([await stateOf(again ?? ''), (await status()).quorum]).toEqual(['in-force', 2])
  const [entry] = await house.ledger.entriesOf(scope, `witness-change:${again}`)
  expect(entry).toMatchObject({
    kind: 'witness.quorum-changed',
    details: { before: '3', quorum: '2', witnessed: 'false' },
  })
  const coarse = await house.database.sql<{ coarse: string }[]>`select l.coarse from leaf l
    join leaf_subject s on s.leaf = l.id where s.subject = ${`witness-change:${again}`}`
  expect(new Set(coarse.map((row) => row.coarse))).toEqual(new Set(['weakening']))
  house.clock.jumpTo(Date.now())
  await inForce(change.remove(scope, (await idsByName()).get('universidad') ?? '', 'No contesta'))
})

test('two at once: what the first makes impossible is refused when its turn comes', async () => {
  const { scope } = house
  const change = witnessesOf(house)
  const [key] = running
  const twin = { name: 'gemelo', vkeys: (await run(['--log', await house.ledger.vkey(), '--name', 'gemelo'])).vkeys }
  const proposals = await Promise.all(
    [1, 2].map(() => change.add(scope, { ...twin, url: key?.url ?? null, municipal: true }, reason)),
  )
  for (const id of proposals) {
    await change.approve(second(), id)
  }
  await expect
    .poll(
      async () => {
        await house.ledger.flush()
        await change.apply(house.municipality)
        return (await Promise.all(proposals.map(stateOf))).toSorted()
      },
      { timeout: 30_000 },
    )
    .toEqual(['in-force', 'refused'])
})

async function idsByName(): Promise<ReadonlyMap<string, string>> {
  const rows = await house.database.sql<{ id: string; name: string }[]>`select id, name from witness`
  return new Map(rows.map(({ id, name }) => [name, id]))
}

test('a witness that has seen more than the database holds is named: signer and database came from one old copy', async () => {
  const { ledger } = house
  const ids = await idsByName()
  await house.database.sql`
    insert into witness_contact (municipality, witness, tried_at, problem)
    values (${house.municipality}, ${ids.get('defensoria') ?? ''}, 1, 'ahead 9999')
    on conflict (witness) do update set problem = excluded.problem`
  expect(await findings(ledger)).toContainEqual({ code: 'ledger.witness-ahead', detail: 'defensoria: ahead 9999' })
})

test('an auditor follows it, by trust file or by first sight', { timeout: 60_000 }, async () => {
  const allPublished = () =>
    expect
      .poll(
        async () => {
          await house.ledger.flush()
          const { size, published: newest } = await status()
          return size - newest.size
        },
        { timeout: 20_000 },
      )
      .toBe(0)
  await allPublished()
  const folder = temporaryFolder('mirror')
  const good = await sereno('mirror', log.url, '--folder', folder, '--once')
  expect(good).toEqual({ exitCode: 0, output: expect.stringContaining('con 2 testigos') })
  await house.append({})
  await allPublished()
  const grown = await sereno('mirror', log.url, '--folder', folder, '--once', '--full', '--json')
  expect(JSON.parse(grown.output)).toEqual({ size: (await status()).size, cosigned: 2, findings: [] })
  rmSync(folder, { recursive: true })
  expect((await sereno('mirror', 'http://127.0.0.1:9', '--folder', folder, '--once')).exitCode).toBe(2)
  expect((await sereno('mirror', 'nowhere')).exitCode).toBe(64)
})

test('nobody’s cosignature is taken', async () => {
  const post = (body: string) => fetch(`${log.url}/log/cosignatures`, { method: 'POST', body })
  expect((await post('— defensoria AAAAAAAAAAAAAAAA\n')).status).toBe(422)
  expect((await post('nothing')).status).toBe(422)
  expect((await fetch(`${log.url}/log/pending?old=99999`)).status).toBe(404)
})
