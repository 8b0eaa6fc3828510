import { beforeAll, expect, test } from 'vitest'
import type { Pinned } from '../engine/pinned.ts'
import { type Journal, openJournal } from '../journal/journal.ts'
import { memoryFolder } from '../journal/memory-folder.ts'
import type { Signed } from '../journal/recording-index.ts'
import type { VaultKey } from '../journal/vault.ts'
import { createServer, type Fetch } from '../session/server.ts'
import type { CoverProblem } from './cover.ts'
import { type TidyDeps, tidy } from './tidy.ts'

const recording = '11111111-1111-4111-8111-111111111111'
const nowMs = 1_700_000_000_000
let vault: VaultKey
beforeAll(async () => {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  vault = { key, randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)) }
})

test('the server’s word alone erases nothing: without a proof the copy stays', async () => {
  const journal = await sent()
  const asked: string[] = []
  const doubts: (CoverProblem | null)[] = []
  const answer: Fetch = async (url) => {
    asked.push(new URL(url).pathname.split('/').at(-1) ?? '')
    return url.endsWith('/cover')
      ? Response.json({ checkpoint: `${'a note\n'}\n— nobody AAAAAAA=\n`, entries: [] })
      : Response.json({ recordings: [{ ...state, coveredByCheckpoint: true }], nowMs })
  }
  await tidy({ ...deps(journal, answer), onDoubt: (_, problem) => doubts.push(problem) })
  expect(asked).toEqual(['states', 'cover'])
  expect(doubts).toEqual(['not-this-log'])
  expect(journal.recording(recording)?.pieces.every((piece) => piece.state === 'safe')).toBe(true)
  // and without a log that was pinned at the enrolment it is not even asked
  await tidy({ ...deps(journal, answer), pinned: async () => null })
  expect(asked).toEqual(['states', 'cover', 'states'])
  expect(await journal.body(recording, 0)).not.toBeNull()
})

test('a category refused for good is told once and not asked again; a passing refusal is asked again', async () => {
  for (const [status, times] of [
    [403, 1],
    [422, 1],
    [404, 2],
    [500, 2],
  ]) {
    const journal = await sent()
    await journal.note(recording, { kind: 'category', category: 'crime', note: null })
    let asked = 0
    const answer: Fetch = async (url) => {
      if (url.endsWith('/category')) {
        asked += 1
        return Response.json({ code: 'access.denied' }, { status: status ?? 0 })
      }
      return Response.json({ recordings: [{ ...state, coveredByCheckpoint: false }], nowMs })
    }
    await tidy(deps(journal, answer))
    await tidy(deps(journal, answer))
    expect(asked).toBe(times)
    expect(journal.recording(recording)?.category?.refused).toBe(times === 1 ? 'access.denied' : null)
  }
})

const state = { id: recording, known: true, state: 'sealed', segments: 3, missing: [], category: null, note: null }

async function sent(): Promise<Journal> {
  const journal = await openJournal(memoryFolder(), vault)
  await journal.open(recording, 1, false)
  for (let sequence = 0; sequence < 3; sequence += 1) {
    await journal.commit(recording, signed(sequence), new Uint8Array(10))
    await journal.note(recording, { kind: 'receipt', sequence, quarantined: sequence === 1, atMs: 1 })
  }
  return journal
}

function deps(journal: Journal, answer: Fetch): TidyDeps {
  const session = { token: async () => 't', run: <T>(use: (token: string) => Promise<T>) => use('t'), drop: () => {} }
  const log = { origin: '99999999-9999-4999-8999-999999999999', vkey: 'none' }
  const pinned: Pinned = { log: () => log, seen: () => null, saw: async () => undefined, goesOn: async () => undefined }
  return {
    journal,
    session,
    server: createServer(answer, 'http://phone'),
    nowMs: () => nowMs,
    onMissing: () => undefined,
    pinned: async () => pinned,
    readTile: () => Promise.reject(new Error('nobody needs a tile here')),
    onDoubt: () => undefined,
  }
}

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
