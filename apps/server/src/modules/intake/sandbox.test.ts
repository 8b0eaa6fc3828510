import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, describe, expect, test } from 'vitest'
import { isRoot } from '../../kernel/accounts.ts'
import { createProbe } from './probe/probe.ts'
import { mayConvert, nobody, noFurtherUsers, type SandboxKind, sandboxWorks, spawnSandboxed } from './sandbox.ts'

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

describe.each(['bubblewrap', 'bubblewrap-nobody', 'unshare'] as const)('%s', (kind) => {
  test.skipIf(!sandboxWorks(kind))(
    'hides the data folder, the network and every power; its own folder is there',
    async () => {
      writeFileSync(path.join(folder, 'in'), 'bytes', { mode: 0o644 })
      expect(
        await say(kind, `cat in; cat ${secret} ../../../secret ${data}/run/../secret 2>/dev/null; cat in > out`),
      ).toBe('bytes')
      expect(readFileSync(path.join(folder, 'out'), 'utf8')).toBe('bytes')
      rmSync(path.join(folder, 'out'))
      // Whoever has no power over file systems gets nothing back by taking the cover off.
      expect(await say(kind, `umount ${data} ${folder}; mount -t tmpfs tmpfs /tmp && echo power; cat ${secret}`)).toBe(
        '',
      )
      if (kind !== 'bubblewrap-nobody') {
        expect(await say(kind, 'grep CapBnd /proc/self/status')).toBe(`CapBnd:\t${'0'.repeat(16)}\n`)
      }
      // Our own loopback is another one than its.
      const listening = createServer().listen(0, '127.0.0.1')
      await once(listening, 'listening')
      const { port } = listening.address() as AddressInfo
      const knock = `bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port}' && echo reached`
      expect(spawnSync('sh', ['-c', knock], { encoding: 'utf8' }).stdout).toBe('reached\n')
      expect(await say(kind, knock)).toBe('')
      listening.close()
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

// As root, `bubblewrap` has no user namespace of its own to close.
test.skipIf(isRoot() ? !sandboxWorks('bubblewrap-nobody') : !sandboxWorks('bubblewrap'))(
  'where this bubblewrap can close them, no further user namespaces are made inside',
  async () => {
    // In a container, too, the kernel's tunables may be read-only.
    const isReadOnly = / \/proc(\/sys)? ro[, ]/.test(readFileSync('/proc/self/mountinfo', 'utf8'))
    const help = spawnSync('bwrap', ['--help'], { encoding: 'utf8' }).stdout
    const canClose = help.includes('--disable-userns') && !isReadOnly
    expect(noFurtherUsers()).toBe(canClose)
    const kind = isRoot() ? 'bubblewrap-nobody' : 'bubblewrap'
    const made = await say(kind, 'unshare -U true 2>/dev/null && echo made; echo asked')
    expect(made).toBe(canClose ? 'asked\n' : 'made\nasked\n')
  },
)

/**
 * What `deploy/sereno.service` does to its processes, by the same means: tunables of the kernel read-only, these
 * capabilities and no others, no new privileges.
 */
const unit = `set -e
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
exec setpriv --bounding-set="$1" --inh-caps=-all --no-new-privs -- "$2" --input-type=module -e "$3"`

test.skipIf(!sandboxWorks('bubblewrap') || !isRoot())('under the shipped unit it is bubblewrap, as nobody', () => {
  const service = readFileSync(new URL('../../../../../deploy/sereno.service', import.meta.url), 'utf8')
  const capabilities = /^CapabilityBoundingSet=(.*)$/m.exec(service)?.[1] ?? ''
  const bounding = `-all,${capabilities.toLowerCase().replaceAll('cap_', '+').replaceAll(' ', ',')}`
  expect(/^RestrictNamespaces=(.*)$/m.exec(service)?.[1]).toBe('user mnt pid net ipc')
  const url = new URL('./sandbox.ts', import.meta.url)
  const ask = `const { mediaTools } = await import('${url}'); process.stdout.write(mediaTools().sandbox)`
  const said = spawnSync('unshare', ['--mount', 'sh', '-c', unit, 'sh', bounding, process.execPath, ask], {
    encoding: 'utf8',
  })
  expect(said.stderr).toBe('')
  expect(said.stdout).toBe('bubblewrap-nobody')
})

test('nothing is converted where a parser would stand before our own files', () => {
  expect(mayConvert('none', true)).toBe(false)
  expect(mayConvert('none', false)).toBe(false)
  expect(mayConvert('prlimit', false)).toBe(false)
  expect(mayConvert('prlimit', true)).toBe(true)
  expect(mayConvert('unshare', false)).toBe(true)
})
