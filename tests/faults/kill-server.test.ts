import { afterAll, beforeAll, expect, test } from 'vitest'
import { signIn } from '../../apps/simulator/src/office.ts'
import { command, type Product, startProduct, temporaryData } from '../product.ts'
import { makeSenders } from './fleet-of-phones.ts'

/** 60 in CI; 200 nightly. */
const rounds = Number(process.env.SERENO_FAULT_ROUNDS ?? 60)
let data: Awaited<ReturnType<typeof temporaryData>>
let product: Product | null = null

beforeAll(async () => {
  data = await temporaryData()
})
afterAll(async () => {
  await product?.interrupt()
  await data.remove()
})

test(`${rounds} times kill -9 during ingest from ten phones: no acknowledged segment is missing`, {
  timeout: 20 * 60_000,
}, async () => {
  product = await startProduct({ data: data.folder })
  const port = Number(new URL(product.url).port)
  const desk = await signIn(product.url, product.links.administrator ?? '', fetch)
  const custodian = await signIn(product.url, product.links.custodian ?? '', fetch)
  const { senders } = await makeSenders(product.url, desk, 10)

  for (let round = 0; round < rounds; round += 1) {
    const stop = new AbortController()
    const sending = senders.map(async (sender) => {
      while (!stop.signal.aborted) {
        await sender.sendNext(stop.signal)
      }
    })
    // At a random moment of the work itself: after so many acknowledgements, then within the next few milliseconds.
    const before = total(senders)
    const wanted = 5 + Math.floor(Math.random() * 60)
    while (total(senders) - before < wanted) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 8))
    }
    await product.kill()
    stop.abort()
    await Promise.all(sending)
    product = await startProduct({ data: data.folder, port })
  }

  for (const sender of senders) {
    await sender.finish()
  }
  for (const { recording, acknowledged } of senders) {
    const held = await custodian.api.call('GET /recordings/:id', { params: { id: recording } })
    const present = new Set(held.segments.filter(({ kind }) => kind === 'media').map(({ sequence }) => sequence))
    expect([...acknowledged].filter((sequence) => !present.has(sequence) && sequence !== held.segments.length)).toEqual(
      [],
    )
    expect(held.recording.missing).toBe(0)
  }
  await product.interrupt()
  product = null
  const checked = await command(['check', '--data', data.folder, '--full'])
  expect(checked).toEqual({ exitCode: 0, output: expect.stringMatching(/clean\s*$/) })
})

function total(senders: readonly { readonly acknowledged: ReadonlySet<number> }[]): number {
  return senders.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0)
}
