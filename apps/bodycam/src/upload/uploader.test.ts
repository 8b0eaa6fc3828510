import { expect, test } from 'vitest'
import { openJournal } from '../journal/journal.ts'
import { memoryFolder } from '../journal/memory-folder.ts'
import type { Signed } from '../journal/recording-index.ts'
import { createServer } from '../session/server.ts'
import { createUploader } from './uploader.ts'

const recording = '11111111-1111-4111-8111-111111111111'

test('a 500 for one piece holds up nobody; a server that is away or full stops all', async () => {
  expect(await firstTwoAsked(500, { code: 'bug' })).toEqual([0, 1])
  expect(await firstTwoAsked(500, null)).toEqual([0, 1])
  expect(await firstTwoAsked(422, { code: 'segment.malformed' })).toEqual([0, 1])
  for (const status of [502, 503, 504]) {
    expect(await firstTwoAsked(status, { code: 'bug' })).toEqual([0, 0])
  }
  expect(await firstTwoAsked(507, { code: 'installation.disk-reserve' })).toEqual([0, 0])
  expect(await firstTwoAsked(404, null)).toEqual([0, 0])
})

/** Two pieces, sent one at a time, to a server that answers all with this: which are sent first? Time runs at once. */
async function firstTwoAsked(status: number, problem: unknown): Promise<readonly number[]> {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const randomBytes = (count: number) => crypto.getRandomValues(new Uint8Array(count))
  const journal = await openJournal(memoryFolder(), { key, randomBytes })
  await journal.open(recording, 1, false)
  for (let sequence = 0; sequence < 2; sequence += 1) {
    await journal.commit(recording, signed(sequence), new Uint8Array(10))
  }
  const asked: number[] = []
  const { promise: both, resolve } = Promise.withResolvers<void>()
  const server = createServer(async (url) => {
    asked.push(Number(url.split('/').at(-1)))
    if (asked.length === 2) {
      resolve()
    }
    return new Response(problem === null ? 'an error page' : JSON.stringify(problem), { status })
  }, 'http://phone')
  let nowMs = 0
  const uploader = createUploader({
    journal,
    server,
    device: '55555555-5555-4555-8555-555555555555',
    receiptKeys: () => [],
    nowMs: () => nowMs,
    random: () => 0,
    schedule: (delayMs, run) => {
      const turn = setImmediate(() => {
        nowMs += delayMs
        run()
      })
      return () => clearImmediate(turn)
    },
    parallel: 1,
    onChange: () => undefined,
  })
  await both
  uploader.dispose()
  return asked.slice(0, 2)
}

function signed(sequence: number): Signed {
  const hash = `${sequence}`.repeat(64)
  const sizes = { sizeBytes: 10, durationMs: 2000, wallClockMs: 1, preEvent: false }
  return { sequence, counter: sequence, what: 'media', hash, mediaSha256: hash, reason: null, ...sizes }
}
