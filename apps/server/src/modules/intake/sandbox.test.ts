import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, describe, expect, test } from 'vitest'
import { isRoot } from '../../kernel/accounts.ts'
import { createProbe } from './probe/probe.ts'
import { mayConvert, nobody, type SandboxKind, sandboxWorks, spawnSandboxed } from './sandbox.ts'

const data = mkdtempSync(path.join(os.tmpdir(), 'sereno-sandbox-test-'))
chmodSync(data, 0o711)
const secret = path.join(data, 'secret')
// Readable by anybody: what hides it is the sandbox, not its mode.
writeFileSync(secret, 'the municipality’s', { mode: 0o644 })
const folder = path.join(data, 'run', 'copies', 'one')
mkdirSync(folder, { recursive: true })
chmodSync(folder, 0o700)
if (isRoot()) {
  chownSync(folder, nobody.uid, nobody.gid)
}
afterAll(() => rmSync(data, { recursive: true, force: true }))

/** What a shell in the sandbox says; `dropsItself` as our own reader does. */
async function say(kind: SandboxKind, script: string): Promise<string> {
  const limits = { memoryBytes: 2 ** 29, cpuSeconds: 5, fileBytes: 1_000, folder, hidden: data, reads: [] }
  const child = spawnSandboxed(kind, ['sh', '-c', script], { ...limits, dropsItself: false }, 'ignore')
  const [said] = await Promise.all([child.stdout === null ? '' : text(child.stdout), once(child, 'close')])
  return said
}

describe.each(['bubblewrap', 'unshare'] as const)('%s', (kind) => {
  test.skipIf(!sandboxWorks(kind))(
    'hides the data folder, the network and every power; its own folder is there',
    async () => {
      writeFileSync(path.join(folder, 'in'), 'bytes', { mode: 0o644 })
      expect(
        await say(kind, `cat in; cat ${secret} ../../../secret ${data}/run/../secret 2>/dev/null; cat in > out`),
      ).toBe('bytes')
      expect(readFileSync(path.join(folder, 'out'), 'utf8')).toBe('bytes')
      rmSync(path.join(folder, 'out'))
      expect(
        await say(
          kind,
          `umount ${data} ${folder} 2>/dev/null; cat ${secret} 2>/dev/null; grep CapBnd /proc/self/status`,
        ),
      ).toBe(`CapBnd:\t${'0'.repeat(16)}\n`)
      // Only the loopback of its own: two lines of heading and one of it.
      expect((await say(kind, 'cat /proc/net/dev')).trim().split('\n').length).toBeLessThanOrEqual(3)
    },
  )

  test.skipIf(!sandboxWorks(kind))('our own reader runs in it', async () => {
    const warnings: unknown[] = []
    const log = { warn: (about: unknown) => warnings.push(about) } as unknown as Parameters<typeof createProbe>[2]
    const bytes = readFileSync(new URL('./probe/child.ts', import.meta.url))
    const read = createProbe(() => ({ sandbox: kind, ffmpeg: null }), data, log)
    const facts = await read({
      sizeBytes: bytes.length,
      read: async (offset, lengthBytes) => bytes.subarray(offset, offset + lengthBytes),
    })
    expect(facts).toBeNull()
    expect(warnings).toEqual([])
  })
})

test('nothing is converted where a parser would stand before our own files', () => {
  expect(mayConvert('none', true)).toBe(false)
  expect(mayConvert('none', false)).toBe(false)
  expect(mayConvert('prlimit', false)).toBe(false)
  expect(mayConvert('prlimit', true)).toBe(true)
  expect(mayConvert('unshare', false)).toBe(true)
})
