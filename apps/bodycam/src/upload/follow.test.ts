import { fromHex, type Tile, toHex } from '@sereno/proof'
import { beforeAll, expect, test } from 'vitest'
import { continuedLogs, readerOf, type TestLog } from '../../../../packages/proof/src/continuation.test-kit.ts'
import { openPinned } from '../engine/pinned.ts'
import { openJournal } from '../journal/journal.ts'
import { memoryFolder } from '../journal/memory-folder.ts'
import type { VaultKey } from '../journal/vault.ts'
import { createServer, type Fetch } from '../session/server.ts'
import type { CoverProblem } from './cover.ts'
import { tidy } from './tidy.ts'

const recording = '11111111-1111-4111-8111-111111111111'
let vault: VaultKey
let logs: readonly TestLog[]
beforeAll(async () => {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  vault = { key, randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)) }
  logs = await continuedLogs(3)
})

/** The public log as the server shows it, and a checkpoint of its newest one as cover. */
function serverOf(shown: readonly TestLog[], asked: string[] = []): Fetch {
  const reader = readerOf(shown)
  return async (url) => {
    const path = new URL(url).pathname
    asked.push(path)
    const [, origin = '', what = ''] = /^\/log\/of\/([^/]+)\/(.+)$/.exec(path) ?? []
    if (what === 'continuation.json' || what === 'beginning.json') {
      const json = await (what === 'beginning.json' ? reader.beginning(origin) : reader.continuation(origin))
      return json === null ? new Response('not published', { status: 404 }) : new Response(json)
    }
    if (what.startsWith('tile/')) {
      return new Response(new Uint8Array(await reader.tile(origin, tileOf(what))))
    }
    return path.endsWith('/cover')
      ? Response.json({ checkpoint: shown.at(-1)?.note, entries: [] })
      : Response.json({ recordings: [{ ...state, coveredByCheckpoint: true }], nowMs: 1 })
  }
}

const state = { id: recording, known: true, state: 'sealed', segments: 1, missing: [], category: null, note: null }

function tileOf(path: string): Tile {
  const [, level = '', index = '', width = '256'] = /^tile\/(\d+)\/(\d+)(?:\.p\/(\d+))?$/.exec(path) ?? []
  return { level: Number(level), index: Number(index), width: Number(width) } as Tile
}

async function phoneWith(first: TestLog) {
  const folder = memoryFolder()
  const journal = await openJournal(folder, vault)
  await journal.open(recording, 1, false)
  const hash = 'ab'.repeat(32)
  const sizes = { sizeBytes: 1, durationMs: 0, wallClockMs: 1, preEvent: false, mediaSha256: null }
  await journal.commit(
    recording,
    { sequence: 0, counter: 0, what: 'stop', hash, reason: 'officer', ...sizes },
    new Uint8Array(1),
  )
  await journal.note(recording, { kind: 'receipt', sequence: 0, quarantined: false, atMs: 1 })
  const self = { log: { origin: first.origin, vkey: first.vkey } } as Parameters<typeof openPinned>[2]
  const pinned = await openPinned(folder, vault, self, true)
  await pinned.saw({ size: 300, root: toHex(await first.rootAt(300)) })
  const doubts: (CoverProblem | null)[] = []
  const session = { token: async () => 't', run: <T>(use: (token: string) => Promise<T>) => use('t'), drop: () => {} }
  const round = (answer: Fetch) => {
    const server = createServer(answer, 'http://phone')
    return tidy({
      journal,
      session,
      server,
      nowMs: () => 1,
      onMissing: () => undefined,
      pinned: async () => pinned,
      readTile: () => Promise.reject(new Error('the new tree is the one that was shown')),
      onDoubt: (_, problem) => doubts.push(problem),
    })
  }
  return { round, doubts, pinned, again: () => openPinned(folder, vault, self, false) }
}

test('a phone follows its log under other keys by itself, keeps that, and does not ask again', async () => {
  const [first, , last] = [logs[0]!, logs[1]!, logs[2]!]
  const { round, doubts, pinned, again } = await phoneWith(first)
  await round(serverOf(logs))
  // Nothing of it covers the recording yet; but the log is one that the phone knows.
  expect(doubts).toEqual([null])
  const now = { origin: last.origin, vkey: last.vkey }
  expect(pinned.log()).toEqual(now)
  expect(pinned.seen()).toEqual({ size: last.size, root: toHex(last.root) })
  const kept = await again()
  expect([kept.log(), fromHex(kept.seen()?.root ?? '')]).toEqual([now, last.root])
  const asked: string[] = []
  await round(serverOf(logs, asked))
  expect(asked.some((path) => path.endsWith('.json'))).toBe(false)
})

test('a hand-over that is not proven is refused, and shown; the copy and the pin stay', async () => {
  const [first] = [logs[0]!]
  const elsewhere = await continuedLogs(2, { continued: { previousRoot: '0'.repeat(64) } })
  const unsigned = await continuedLogs(2, { signedBy: logs[2]!.signer })
  for (const [shown, problem] of [
    [elsewhere, 'begins-elsewhere'],
    [unsigned, 'not-continued'],
    [[logs[0]!, { ...logs[1]!, continuation: null, beginning: null }].slice(1), 'not-continued'],
  ] as const) {
    const { round, doubts, pinned } = await phoneWith(first)
    await round(serverOf(shown))
    expect(doubts).toEqual([problem])
    expect(pinned.log()).toEqual({ origin: first.origin, vkey: first.vkey })
  }
})

test('a log that ended otherwise than the phone saw it is not followed', async () => {
  const { round, doubts, pinned } = await phoneWith(logs[0]!)
  await pinned.saw({ size: 400, root: 'cd'.repeat(32) })
  await round(serverOf(logs))
  expect(doubts).toEqual(['log-rewritten'])
})

test('without a network nothing is decided', async () => {
  const { round, doubts, pinned } = await phoneWith(logs[0]!)
  const shown = serverOf(logs)
  const cut: Fetch = (url, init) =>
    url.includes('/log/of/') ? Promise.reject(new Error('no network')) : shown(url, init)
  await expect(round(cut)).rejects.toThrow('no answer')
  expect(doubts).toEqual([])
  expect(pinned.log().origin).toBe(logs[0]!.origin)
})
