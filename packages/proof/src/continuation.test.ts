import { beforeAll, describe, expect, test } from 'vitest'
import { continuedLogs, readerOf, type TestLog } from './continuation.test-kit.ts'
import { followLog, type KnownLog, type LogReader } from './continuation.ts'
import { signerFromSeed } from './keys.ts'

let logs: readonly TestLog[]
beforeAll(async () => {
  logs = await continuedLogs(3)
})

const known = (log: TestLog, seen: KnownLog['seen'] = null): KnownLog => ({
  origin: log.origin,
  keys: [log.vkey],
  seen,
})

async function followed(shown: readonly TestLog[], seen: KnownLog['seen'] = null, reader: LogReader = readerOf(shown)) {
  const [first, , last] = [shown[0]!, shown[1], shown.at(-1)!]
  const result = await followLog(known(first, seen), last.origin, reader)
  return result.ok ? result.value : result.code
}

describe('a log that goes on under other keys', () => {
  test('is followed over as many as lie between, to the keys and the tree of the last', async () => {
    const [first, , last] = [logs[0]!, logs[1]!, logs[2]!]
    const seen = { size: 300, root: await first.rootAt(300) }
    expect(await followed(logs, seen)).toEqual({
      origin: last.origin,
      keys: [last.vkey],
      seen: { size: last.size, root: last.root },
    })
    expect(await followed(logs.slice(0, 2))).toMatchObject({ origin: logs[1]?.origin })
    expect(await followLog(known(first), first.origin, readerOf([]))).toEqual({ ok: true, value: known(first) })
  })

  test('is not followed where what was seen is no part of how the old one ended', async () => {
    const [first] = [logs[0]!]
    expect(await followed(logs, { size: 300, root: new Uint8Array(32) })).toBe('log-rewritten')
    expect(await followed(logs, { size: first.size + 1, root: first.root })).toBe('log-rewritten')
  })

  test('is not followed on another word than that of the key that was known', async () => {
    const stranger = await signerFromSeed(new Uint8Array(32).fill(99))
    expect(await followed(await continuedLogs(2, { signedBy: stranger }))).toBe('not-continued')
    expect(await followed(await continuedLogs(2, { after: 1 }))).toBe('not-continued')
    expect(await followed(await continuedLogs(2, { closed: { kind: 'installation.noted' } }))).toBe('not-continued')
    expect(await followed(logs, null, { ...readerOf(logs), continuation: async () => null })).toBe('not-continued')
    expect(await followed(logs, null, { ...readerOf(logs), continuation: async () => '{}' })).toBe('not-continued')
    // The known key names one log, the server shows another.
    const elsewhere = await followLog(known(logs[0]!), '99999999-1111-4111-8111-111111111111', readerOf(logs))
    expect(elsewhere).toEqual({ ok: false, code: 'not-continued' })
  })

  test.each([
    ['another origin', { previousOrigin: '99999999-1111-4111-8111-111111111111' }],
    ['another size', { previousSize: '5' }],
    ['another tree', { previousRoot: '0'.repeat(64) }],
    ['another note', { previousCheckpoint: '0'.repeat(64) }],
    ['nothing', { kind: 'recording.sealed' }],
  ])('is not followed where its first entry commits to %s', async (_, continued) => {
    expect(await followed(await continuedLogs(2, { continued }))).toBe('begins-elsewhere')
  })

  test('is not followed where its first entry is not shown, or is signed by another key than the old log named', async () => {
    expect(await followed(logs, null, { ...readerOf(logs), beginning: async () => null })).toBe('begins-elsewhere')
    const [, second] = logs
    const others = await continuedLogs(2, { closed: { nextKeys: logs[0]!.vkey } })
    expect(second).toBeDefined()
    expect(await followed(others)).toBe('begins-elsewhere')
  })
})
