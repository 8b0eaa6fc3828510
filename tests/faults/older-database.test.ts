import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Refused } from '../../apps/simulator/src/api.ts'
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
  await product.interrupt()
  const postgres = join(data.folder, 'postgres')
  const older = join(data.folder, 'older')
  // With its owner: PostgreSQL opens nobody else's files.
  execFileSync('cp', ['-a', postgres, older])

  product = await startProduct({ data: data.folder })
  const desk = await signIn(product.url, product.links.administrator ?? '', fetch)
  const before = await checkpointSize(product.url)
  await desk.api.call('POST /officers', { body: { code: 'X-1', name: 'Agente de prueba' } })
  await expect.poll(async () => checkpointSize(product?.url ?? ''), { timeout: 30_000 }).toBeGreaterThan(before)
  const signed = await checkpointSize(product.url)
  await product.interrupt()

  rmSync(postgres, { recursive: true })
  execFileSync('cp', ['-a', older, postgres])
  product = await startProduct({ data: data.folder }).catch(() => null)
  if (product !== null) {
    const refusal = await signIn(
      product.url,
      product.links.administrator ?? 'http://x/#link=none-at-all-here',
      fetch,
    ).then(
      ({ api }) => api.call('POST /officers', { body: { code: 'X-2', name: 'Nadie' } }).then(() => null),
      (error: unknown) => error,
    )
    expect(refusal).toBeInstanceOf(Refused)
    await product.interrupt()
    product = null
  }

  expect(await command(['recover', '--data', data.folder])).toEqual({
    exitCode: 0,
    output: expect.stringMatching(/[1-9]\d* leaves taken back/),
  })
  product = await startProduct({ data: data.folder })
  await expect.poll(async () => checkpointSize(product?.url ?? ''), { timeout: 30_000 }).toBeGreaterThanOrEqual(signed)
  await product.interrupt()
  product = null
  expect(await command(['check', '--data', data.folder])).toEqual({
    exitCode: 0,
    output: expect.stringMatching(/clean\s*$/),
  })
})
