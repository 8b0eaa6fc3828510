import { generateKeyPairSync } from 'node:crypto'
import { encodeVkey } from '@sereno/proof'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, type Json, need, openHouse, type Person } from '../cases/cases.test-kit.ts'

let house: House
let office: Person
let dpo: Person
let overseer: Person
beforeAll(async () => {
  house = await openHouse()
  office = await house.person('administrator')
  dpo = await house.person('data-protection-officer')
  overseer = await house.person('overseer')
}, 60_000)
afterAll(() => house.close())

const witnessing = (person: Person): Promise<Json> => need(person.call('GET /ledger/witnessing'))
const change = async (person: Person): Promise<Json> => (await witnessing(person)).changes[0]

test('administration proposes, another office approves, the overseer is told', async () => {
  const own = await freshKey()
  const wanted = { name: 'defensoria', vkeys: [own], url: null, municipal: false, reason: 'Lo pidió la Defensoría' }
  expect((await dpo.call('POST /ledger/witnesses', wanted)).code).toBe('access.denied')
  const { change: id } = await need(office.call('POST /ledger/witnesses', wanted))
  expect((await witnessing(office)).witnesses).toEqual([])
  expect(await change(office)).toMatchObject({ id, state: 'proposed', name: 'defensoria', may: ['witness.refuse'] })
  expect((await office.call(`POST /ledger/witness-changes/${id}/approval`, {})).code).toBe('access.denied')
  const custodian = await house.person('custodian')
  expect((await change(custodian)).may).toEqual([])
  expect((await custodian.call(`POST /ledger/witness-changes/${id}/refusal`, { reason: 'No' })).code).toBe(
    'access.denied',
  )
  expect((await change(dpo)).may).toEqual(['witness.approve', 'witness.refuse'])
  expect((await change(overseer)).may).toEqual(['witness.approve', 'witness.refuse', 'witness.see'])

  await need(dpo.call(`POST /ledger/witness-changes/${id}/approval`, {}))
  await house.app.ledger.flush()
  await house.tick()
  await expect
    .poll(async () => {
      await house.tick()
      return (await change(overseer)).state
    })
    .toBe('in-force')
  expect((await witnessing(overseer)).witnesses).toMatchObject([{ name: 'defensoria', municipal: false }])

  expect((await dpo.call(`POST /ledger/witness-changes/${id}/seen`, {})).code).toBe('request.not-found')
  await need(overseer.call(`POST /ledger/witness-changes/${id}/seen`, {}))
  expect(await change(overseer)).toMatchObject({ seenBy: 'Tomás Aguirre Peña', may: [] })
})

/** A witness's key, as `sereno witness` prints it. */
async function freshKey(): Promise<string> {
  const { publicKey } = generateKeyPairSync('ed25519')
  return encodeVkey(
    'defensoria',
    { algorithm: 'ed25519', publicKey: publicKey.export({ format: 'jwk' }).x ?? '' },
    'cosignature',
  )
}
