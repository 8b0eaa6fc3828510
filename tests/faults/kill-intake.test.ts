import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type ConnectionFile,
  clipName,
  createController,
  recordingMetadata,
  stamp,
} from '../../apps/server/src/modules/intake/axis/controller.test-kit.ts'
import { until } from '../../apps/server/src/modules/intake/intake.test-kit.ts'
import { signIn } from '../../apps/simulator/src/office.ts'
import { command, type Product, startProduct, temporaryData } from '../product.ts'

/** A few in CI; many nightly. */
const rounds = Number(process.env.SERENO_INTAKE_ROUNDS ?? 3)
const startMs = Date.UTC(2026, 9, 1, 12, 0, 0)
let data: Awaited<ReturnType<typeof temporaryData>>
let product: Product | null = null

beforeAll(async () => {
  data = await temporaryData()
})
afterAll(async () => {
  await product?.interrupt()
  await data.remove()
})

test(`${rounds} times kill -9 while a camera system delivers: nothing that was answered 201 is missing`, {
  timeout: 10 * 60_000,
}, async () => {
  product = await startProduct({ data: data.folder })
  const port = Number(new URL(product.url).port)
  // The command line makes the connection beside the running server.
  const made = await command([
    'connect',
    'axis',
    '--url',
    product.url,
    '--site',
    'Base de prueba',
    '--data',
    data.folder,
  ])
  expect(made.exitCode, made.output).toBe(0)
  const controller = createController(JSON.parse(made.output) as ConnectionFile)
  const acknowledged = new Map<string, string>()
  const user = randomUUID()
  const serial = 'B8A44F777777'
  let stopped = false
  let recording = 0

  // It sends as a dock does: clip after clip, recording after recording, again whatever was not answered.
  const delivering = (async () => {
    for (; !stopped; recording += 1) {
      const from = startMs + recording * 600_000
      const name = `${user}_${serial}_${stamp(from)}`
      const id = randomUUID()
      const about = { user, serial, startMs: from, stopMs: from + 120_000 }
      await controller.putContainer(name, recordingMetadata(name, { ...about, status: 'Transferring' }))
      for (let clip = 0; clip < 3; clip += 1) {
        const at = from + clip * 40_000
        const bytes = randomBytes(1_500_000 + clip)
        const times = { StartTimeISO: new Date(at).toISOString(), StopTimeISO: new Date(at + 40_000).toISOString() }
        const answered = await controller.putObject(name, clipName(at, id), bytes, times)
        expect(answered.status).toBe(201)
        acknowledged.set(createHash('sha256').update(bytes).digest('hex'), name)
      }
      expect(
        (await controller.postContainer(name, recordingMetadata(name, { ...about, status: 'Complete' }))).status,
      ).toBe(204)
    }
  })()

  for (let round = 0; round < rounds; round += 1) {
    const before = acknowledged.size
    await until(async () => acknowledged.size - before >= 3 + Math.floor(Math.random() * 6), 'clips', 60_000)
    await product.kill()
    product = await startProduct({ data: data.folder, port })
  }
  stopped = true
  await delivering

  const custodian = await signIn(product.url, product.links.custodian ?? '', fetch)
  await until(
    async () => {
      const held = new Set<string>()
      const { recordings } = await custodian.api.call('GET /recordings', { query: { limit: 500 } })
      for (const { id, shape } of recordings.filter((one) => one.shape === 'files')) {
        const { segments } = await custodian.api.call('GET /recordings/:id', { params: { id } })
        expect(shape).toBe('files')
        for (const { sha256 } of segments) {
          held.add(sha256 ?? '')
        }
      }
      return [...acknowledged.keys()].every((sha256) => held.has(sha256))
    },
    'every acknowledged clip in a recording',
    60_000,
  )
  await product.interrupt()
  product = null
  const checked = await command(['check', '--data', data.folder, '--full'])
  expect(checked).toEqual({ exitCode: 0, output: expect.stringMatching(/clean\s*$/) })
})
