import { expect, test } from 'vitest'
import { openJournal } from '../journal/journal.ts'
import { memoryFolder } from '../journal/memory-folder.ts'
import type { Signed } from '../journal/recording-index.ts'
import { createServer, type Fetch } from '../session/server.ts'
import { tidy } from './tidy.ts'

const recording = '11111111-1111-4111-8111-111111111111'
const nowMs = 1_700_000_000_000

test('a covered recording goes from the phone, but for the piece that was quarantined', async () => {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const randomBytes = (count: number) => crypto.getRandomValues(new Uint8Array(count))
  const journal = await openJournal(memoryFolder(), { key, randomBytes })
  await journal.open(recording, 1, false)
  for (let sequence = 0; sequence < 3; sequence += 1) {
    await journal.commit(recording, signed(sequence), new Uint8Array(10))
    const quarantined = sequence === 1
    await journal.note(recording, { kind: 'receipt', sequence, quarantined, atMs: 1 })
  }
  const asked: string[] = []
  const answer: Fetch = async (url) => {
    asked.push(url)
    const state = { id: recording, known: true, state: 'closed', segments: 3, missing: [], coveredByCheckpoint: true }
    return Response.json({ recordings: [{ ...state, category: null, note: null }], nowMs })
  }
  const session = { token: async () => 't', run: <T>(use: (token: string) => Promise<T>) => use('t'), drop: () => {} }
  const deps = {
    journal,
    server: createServer(answer, 'http://phone'),
    session,
    nowMs: () => nowMs,
    onMissing: () => {},
  }
  await tidy(deps)
  await tidy({ ...deps, nowMs: () => nowMs + 30 * 24 * 3_600_000 })
  expect(journal.recording(recording)?.pieces.map((piece) => piece.state)).toEqual(['erased', 'safe', 'erased'])
  expect(await journal.body(recording, 0)).toBeNull()
  expect(await journal.body(recording, 1)).not.toBeNull()
  // nothing is left to ask for, so nothing is asked
  expect(asked.length).toBe(1)
})

function signed(sequence: number): Signed {
  const what = sequence === 2 ? 'stop' : 'media'
  const hash = `${sequence}`.repeat(64)
  const sizes = { sizeBytes: 10, durationMs: 2000, wallClockMs: nowMs, preEvent: false }
  return {
    sequence,
    counter: sequence,
    what,
    hash,
    mediaSha256: hash,
    reason: what === 'stop' ? 'officer' : null,
    ...sizes,
  }
}
