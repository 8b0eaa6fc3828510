/** I-6: a server killed after each numbered step of a destruction goes on, and half of a recording never remains. */
import { execFileSync } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signIn } from '../../apps/simulator/src/office.ts'
import { command, temporaryData } from '../product.ts'
import { makeSenders } from './fleet-of-phones.ts'
import { killAll, launch, type Ready } from './mortal.ts'
import { type Ask, enter } from './two-people.ts'

const steps = ['destroy.1', 'destroy.2', 'destroy.3', 'destroy.4', 'destroy.5', 'destroy.6', 'destroy.7'] as const
const longMs = 120_000
const list = 'ledger/tombstones.jsonl'

type Server = Ready & { readonly stop: () => Promise<void> }

let data: Awaited<ReturnType<typeof temporaryData>>
let copy: Awaited<ReturnType<typeof temporaryData>>
beforeAll(async () => {
  data = await temporaryData()
  copy = await temporaryData()
})
afterAll(async () => {
  killAll()
  await data.remove()
  await copy.remove()
})

async function start(folder: string, days: number, args: readonly string[] = []): Promise<Server> {
  const { child, ready, ended } = launch(['serve', '--data', folder, '--days', String(days), ...args])
  const stop = async (): Promise<void> => {
    child.kill('SIGINT')
    await ended
  }
  return { ...(await ready), stop }
}

/** Resolves when the server has ended itself. */
async function dieAt(folder: string, days: number, step: string): Promise<void> {
  const { child, ended } = launch(['serve', '--data', folder, '--days', String(days), '--die', step])
  const impatience = setTimeout(() => child.kill('SIGTERM'), longMs)
  await ended
  clearTimeout(impatience)
  expect([step, child.signalCode]).toEqual([step, 'SIGKILL'])
}

async function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  for (const deadline = Date.now() + longMs; ; ) {
    const found = await look()
    if (found !== null) {
      return found
    }
    if (Date.now() > deadline) {
      throw new Error(`it did not come to pass: ${what}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function recordSome(server: Server): Promise<readonly string[]> {
  const desk = await signIn(server.url, server.links.administrator ?? '', fetch)
  const { senders } = await makeSenders(server.url, desk, 2)
  const signal = new AbortController().signal
  for (const sender of senders) {
    await sender.sendNext(signal)
    await sender.sendNext(signal)
    await sender.finish()
  }
  const custodian = await enter(server, 'custodian')
  for (const recording of senders.map((sender) => sender.recording())) {
    await until(`${recording} has its deadline`, async () => {
      const { json } = await custodian(`GET /recordings/${recording}/retention`)
      return typeof json.leavesAt === 'number' ? json : null
    })
  }
  return senders.map((sender) => sender.recording())
}

type Batch = { readonly id: string; readonly state: string; readonly acta: { readonly number: string } | null }
const newest = async (ask: Ask): Promise<Batch | null> =>
  ((await ask('GET /retention/batches')).json.batches as Batch[] | undefined)?.[0] ?? null

/** Whole or gone: nothing between. */
async function judge(ask: Ask, recordings: readonly string[]): Promise<readonly ('whole' | 'gone')[]> {
  const found: ('whole' | 'gone')[] = []
  for (const recording of recordings) {
    const { json } = await ask(`GET /recordings/${recording}`)
    const { destroyed, segments } = json.recording as { destroyed: boolean; segments: number }
    const look = await ask(`POST /recordings/${recording}/looks`, { purpose: 'audit' })
    expect(look.status).toBe(destroyed ? 410 : 200)
    expect(segments).toBeGreaterThan(0)
    found.push(destroyed ? 'gone' : 'whole')
  }
  return found
}

test('killed after every step it goes on; a restored copy destroys again before it answers', {
  timeout: 15 * 60_000,
}, async () => {
  const first = await start(data.folder, 0)
  const recordings = await recordSome(first)
  await first.stop()
  // With owners and modes, as a snapshot of the disk has them; sockets and locks belong to who ran.
  execFileSync('cp', ['-a', `${data.folder}/.`, copy.folder])
  await rm(join(copy.folder, 'run'), { recursive: true, force: true })

  const due = await start(data.folder, 61)
  const custodian = await enter(due, 'custodian')
  const officer = await enter(due, 'data-protection-officer')
  const batch = await until('a batch is proposed', () => newest(custodian))
  expect(await judge(custodian, recordings)).toEqual(['whole', 'whole'])
  const reviewed = await custodian(`POST /retention/batches/${batch.id}/review`, { schedule: 'PCD-1', leaveOut: [] })
  expect(reviewed.status).toBe(200)
  expect((await officer(`POST /retention/batches/${batch.id}/approve`)).status).toBe(200)
  await due.stop()

  for (const step of steps) {
    await dieAt(data.folder, 65, step)
    // A start finishes what was condemned; the later steps are the other recording's.
    if (step === 'destroy.2') {
      const between = await start(data.folder, 65, ['--still'])
      expect(await judge(await enter(between, 'custodian'), recordings)).toContain('gone')
      await between.stop()
    }
  }
  const last = await start(data.folder, 65)
  const after = await enter(last, 'custodian')
  const done = await until('the batch is done', async () => {
    const found = await newest(after)
    return found?.state === 'done' ? found : null
  })
  expect(done.acta?.number).toMatch(/^AE-\d{4}-0001$/)
  expect(await judge(after, recordings)).toEqual(['gone', 'gone'])
  await last.stop()
  const checked = await command(['check', '--data', data.folder, '--full'])
  expect(checked).toEqual({ exitCode: 0, output: expect.stringMatching(/clean\s*$/) })

  // A copy of before, with the list that anybody may keep: gone again before the first answer.
  await writeFile(join(copy.folder, list), await readFile(join(data.folder, list)))
  const restored = await start(copy.folder, 66, ['--still'])
  expect(await judge(await enter(restored, 'custodian'), recordings)).toEqual(['gone', 'gone'])
  await restored.stop()
  const again = await command(['check', '--data', copy.folder, '--full'])
  expect(again).toEqual({ exitCode: 0, output: expect.stringMatching(/clean\s*$/) })
})
