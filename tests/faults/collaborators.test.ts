import { spawnSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Refused } from '../../apps/simulator/src/api.ts'
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

/** Sends until `more` further segments are acknowledged; 60 s at most. */
async function sendMore(sender: Sender, more: number): Promise<void> {
  const wanted = sender.acknowledged.size + more
  const deadline = Date.now() + 60_000
  while (sender.acknowledged.size < wanted) {
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

test('kill -9 of the signer: uploads wait, then go on; the log is never forked', { timeout: 180_000 }, async () => {
  const { product, sender } = await begin()
  await sendMore(sender, 3)
  process.kill(await childOf(product.process.pid, 'signer/main.ts'), 'SIGKILL')
  await sendMore(sender, 3)
  await endsClean(sender)
})

test('kill -9 of PostgreSQL: uploads wait, then go on; nothing acknowledged is missing', {
  timeout: 180_000,
}, async () => {
  const { sender } = await begin()
  await sendMore(sender, 3)
  const pid = Number((await readFile(join(data.folder, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0])
  process.kill(pid, 'SIGKILL')
  await sendMore(sender, 3)
  await endsClean(sender)
})

test('an orphaned PostgreSQL is adopted or stopped, a second instance is refused', { timeout: 180_000 }, async () => {
  const { product: first, sender } = await begin()
  await sendMore(sender, 2)
  await expect(startProduct({ data: data.folder })).rejects.toThrow(data.folder)
  await first.kill()
  product = await startProduct({ data: data.folder, port: Number(new URL(first.url).port) })
  await sendMore(sender, 2)
  await endsClean(sender)
})

test.skipIf(process.getuid?.() !== 0)(
  'a disk too small for the reserve: 507 to phones, people go on working',
  { timeout: 180_000 },
  async () => {
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400m', 'tmpfs', data.folder], { encoding: 'utf8' })
    expect(mounted.stderr).toBe('')
    try {
      const { desk, sender } = await begin()
      const refused = await sender.sendNext(AbortSignal.timeout(15_000)).then(
        () => null,
        (error: unknown) => error,
      )
      // A 507 is a "later" for the phone: nothing was acknowledged and nothing is lost.
      expect(refused === null || refused instanceof Refused).toBe(true)
      expect(sender.acknowledged.size).toBe(0)
      const health = await desk.api.call('GET /health', {})
      expect(health.ingestOpen).toBe(false)
      expect((await desk.api.call('GET /officers', {})).officers.length).toBeGreaterThan(0)
      await product?.interrupt()
      product = null
    } finally {
      spawnSync('umount', ['-l', data.folder])
    }
  },
)
