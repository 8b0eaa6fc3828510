import { afterAll, beforeAll, expect, test } from 'vitest'
import { signIn } from '../../apps/simulator/src/office.ts'
import { command, type Product, startProduct, temporaryData } from '../product.ts'
import { makeSenders, type Sender } from './fleet-of-phones.ts'
import { pause, until } from './pacing.ts'

/** 60 in `npm test`, 200 where more rounds of everything are asked for (`rounds.test.ts`). */
const rounds = Math.min(200, Math.max(60, Number(process.env.SERENO_FAULT_ROUNDS ?? 0)))
let data: Awaited<ReturnType<typeof temporaryData>>
let product: Product | null = null

beforeAll(async () => {
  data = await temporaryData()
})
afterAll(async () => {
  await product?.interrupt()
  await data.remove()
})

test(`${rounds} times kill -9 during ingest from ten phones at full rate: no acknowledged segment is missing`, {
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
    const wanted = total(senders) + 5 + Math.floor(Math.random() * 60)
    await until('enough is acknowledged', async () => total(senders) >= wanted)
    await pause(Math.random() * 8)
    await product.kill()
    stop.abort()
    await Promise.all(sending)
    product = await startProduct({ data: data.folder, port })
  }

  for (const sender of senders) {
    await sender.finish()
  }
  for (const sender of senders) {
    const held = await custodian.api.call('GET /recordings/:id', { params: { id: sender.recording() } })
    const present = new Set(held.segments.filter(({ kind }) => kind === 'media').map(({ sequence }) => sequence))
    const promised = [...sender.acknowledged().values()].filter(({ kind }) => kind === 'media')
    expect(promised.length).toBeGreaterThan(0)
    expect(promised.filter(({ sequence }) => !present.has(sequence))).toEqual([])
    expect(held.recording.missing).toBe(0)
  }
  await product.interrupt()
  product = null
  const checked = await command(['check', '--data', data.folder, '--full'])
  expect(checked).toEqual({ exitCode: 0, output: expect.stringMatching(/clean\s*$/) })
})

function total(senders: readonly Sender[]): number {
  return senders.reduce((sum, sender) => sum + sender.acknowledged().size, 0)
}
