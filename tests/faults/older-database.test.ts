import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signIn } from '../../apps/simulator/src/office.ts'
import { command, type Product, startProduct, temporaryData } from '../product.ts'

let data: Awaited<ReturnType<typeof temporaryData>>
let product: Product | null = null

beforeAll(async () => {
  data = await temporaryData()
})
afterAll(async () => {
  await product?.interrupt()
  await data.remove()
})

async function checkpointSize(url: string): Promise<number> {
  const note = await (await fetch(`${url}/log/checkpoint`)).text()
  return Number(note.split('\n')[1])
}

test('a database from an hour ago: the signer refuses to fork, writing stops, and the leaves can be taken back', {
  timeout: 180_000,
}, async () => {
  product = await startProduct({ data: data.folder })
  const port = Number(new URL(product.url).port)
  // A session that is in the older copy, too.
  const desk = await signIn(product.url, product.links.administrator ?? '', fetch)
  await product.interrupt()
  const postgres = join(data.folder, 'postgres')
  const older = join(data.folder, 'older')
  // With its owner: PostgreSQL opens nobody else's files.
  execFileSync('cp', ['-a', postgres, older])

  product = await startProduct({ data: data.folder, port })
  const before = await checkpointSize(product.url)
  await desk.api.call('POST /officers', { body: { code: 'X-1', name: 'Agente de prueba' } })
  await expect.poll(async () => checkpointSize(product?.url ?? ''), { timeout: 30_000 }).toBeGreaterThan(before)
  const signed = await checkpointSize(product.url)
  await product.interrupt()

  rmSync(postgres, { recursive: true })
  execFileSync('cp', ['-a', older, postgres])
  product = await startProduct({ data: data.folder, port })
  expect(product.links).toEqual({})
  const refusal = await desk.api.call('POST /officers', { body: { code: 'X-2', name: 'Nadie' } }).then(
    () => null,
    (error: unknown) => error,
  )
  expect(refusal).toMatchObject({ status: 503, code: 'ledger.behind' })
  // Reading goes on, and no checkpoint smaller than the signed one is ever published.
  expect((await desk.api.call('GET /officers', {})).officers.map(({ code }) => code)).not.toContain('X-1')
  await product.interrupt()
  product = null

  expect(await command(['recover', '--data', data.folder])).toEqual({
    exitCode: 0,
    output: expect.stringMatching(/[1-9]\d* leaves taken back/),
  })
  product = await startProduct({ data: data.folder, port })
  await desk.api.call('POST /officers', { body: { code: 'X-3', name: 'Agente de después' } })
  await expect.poll(async () => checkpointSize(product?.url ?? ''), { timeout: 30_000 }).toBeGreaterThan(signed)
  await product.interrupt()
  product = null
  expect(await command(['check', '--data', data.folder])).toEqual({
    exitCode: 0,
    output: expect.stringMatching(/clean\s*$/),
  })
})
