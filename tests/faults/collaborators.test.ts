import { spawnSync } from 'node:child_process'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Desk, signIn } from '../../apps/simulator/src/office.ts'
import { command, type Product, startProduct, temporaryData } from '../product.ts'
import { makeSenders, type Sender } from './fleet-of-phones.ts'

// The parts a server leans on are taken away while phones send: they get 503 and keep their segments, then it heals.

let data: Awaited<ReturnType<typeof temporaryData>>
let product: Product | null = null

beforeEach(async () => {
  data = await temporaryData()
})
afterEach(async () => {
  await product?.interrupt()
  product = null
  await data.remove()
})

async function begin(): Promise<{ readonly product: Product; readonly desk: Desk; readonly sender: Sender }> {
  product = await startProduct({ data: data.folder })
  const desk = await signIn(product.url, product.links.administrator ?? '', fetch)
  const { senders } = await makeSenders(product.url, desk, 1)
  const [sender] = senders
  if (!sender) {
    throw new Error('no sender')
  }
  return { product, desk, sender }
}

/** Sends until `more` further segments are acknowledged; some minutes at most: beside other tests a disk replays slowly. */
async function sendMore(sender: Sender, more: number): Promise<void> {
  const wanted = sender.acknowledged().size + more
  const deadline = Date.now() + 180_000
  while (sender.acknowledged().size < wanted) {
    expect(Date.now()).toBeLessThan(deadline)
    await sender.sendNext(AbortSignal.timeout(15_000))
    // A phone, too, waits a moment before it tries again.
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function childOf(parent: number | undefined, script: string): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [status, line] = await Promise.all([
      readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''),
      readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
    ])
    if (status.includes(`PPid:\t${parent}\n`) && line.includes(script)) {
      return Number(pid)
    }
  }
  throw new Error(`no child ${script}`)
}

async function endsClean(sender: Sender): Promise<void> {
  await sender.finish()
  await product?.interrupt()
  product = null
  expect(await command(['check', '--data', data.folder, '--full'])).toEqual({
    exitCode: 0,
    output: expect.stringMatching(/clean\s*$/),
  })
}

test('kill -9 of the signer: uploads wait, then go on; the log is never forked', { timeout: 420_000 }, async () => {
  const { product, sender } = await begin()
  await sendMore(sender, 3)
  process.kill(await childOf(product.process.pid, 'signer/main.ts'), 'SIGKILL')
  await sendMore(sender, 3)
  await endsClean(sender)
})

test('kill -9 of PostgreSQL: uploads wait, then go on; nothing acknowledged is missing', {
  timeout: 420_000,
}, async () => {
  const { sender } = await begin()
  await sendMore(sender, 3)
  const pid = Number((await readFile(join(data.folder, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0])
  process.kill(pid, 'SIGKILL')
  await sendMore(sender, 3)
  await endsClean(sender)
})

test('an orphaned PostgreSQL is adopted or stopped, a second instance is refused', { timeout: 420_000 }, async () => {
  const { product: first, sender } = await begin()
  await sendMore(sender, 2)
  await expect(startProduct({ data: data.folder })).rejects.toThrow(data.folder)
  await first.kill()
  product = await startProduct({ data: data.folder, port: Number(new URL(first.url).port) })
  await sendMore(sender, 2)
  await endsClean(sender)
})

test.skipIf(process.getuid?.() !== 0)(
  'the disk fills: 507 to phones while people go on working; space comes back and nothing is missing',
  {
    timeout: 420_000,
  },
  async () => {
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2600m', 'tmpfs', data.folder], { encoding: 'utf8' })
    expect(mounted.stderr).toBe('')
    try {
      const { desk, sender } = await begin()
      await sendMore(sender, 2)
      // Below the reserve of 2 GiB, but not to the last byte: PostgreSQL keeps its part.
      const filler = join(data.folder, 'filler')
      await writeFile(filler, new Uint8Array(600 * 1024 * 1024))
      const isOpen = async (): Promise<boolean> => (await desk.api.call('GET /health', {})).ingestOpen
      await expect.poll(isOpen, { timeout: 30_000 }).toBe(false)
      const before = sender.acknowledged().size
      await sender.sendNext(AbortSignal.timeout(15_000))
      expect(sender.acknowledged().size).toBe(before)
      await desk.api.call('POST /officers', { body: { code: 'D-1', name: 'Agente de prueba' } })
      await rm(filler)
      await expect.poll(isOpen, { timeout: 30_000 }).toBe(true)
      await sendMore(sender, 2)
      await endsClean(sender)
    } finally {
      await product?.interrupt()
      product = null
      spawnSync('umount', ['-l', data.folder])
    }
  },
)
