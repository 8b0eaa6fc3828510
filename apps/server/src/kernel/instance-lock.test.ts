import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../test-kit/index.ts'
import { AlreadyRunning, lockInstance, runningServer } from './instance-lock.ts'
import { identify } from './process-id.ts'

test('a second server is refused with a sentence that names the first; after release it may', () => {
  const folder = temporaryFolder('lock')
  const first = lockInstance(folder, '/data')
  first.note('http://localhost:1')
  expect(() => lockInstance(folder, '/data')).toThrow(
    `Sereno is already running on /data (process ${process.pid}, http://localhost:1).`,
  )
  expect(runningServer(folder)?.url).toBe('http://localhost:1')
  first.release()
  expect(runningServer(folder)).toBeNull()
  lockInstance(folder, '/data').release()
})

test('what a dead process left is taken over: its number used again, another boot, nonsense', () => {
  const folder = temporaryFolder('lock')
  const file = path.join(folder, 'server.json')
  const own = identify(process.pid)
  for (const left of [
    JSON.stringify({ ...own, startTicks: '1', url: null }),
    JSON.stringify({ ...own, boot: 'another', url: null }),
    'nonsense',
    '',
  ]) {
    writeFileSync(file, left)
    lockInstance(folder, '/data').release()
  }
  expect(readdirSync(folder).filter((name) => name.startsWith('server.json'))).toEqual([])
})

test('of ten that start together over a dead lock, one gets it', async () => {
  const folder = temporaryFolder('lock')
  writeFileSync(path.join(folder, 'server.json'), JSON.stringify({ ...identify(process.pid), startTicks: '1' }))
  const program = `
    import { lockInstance } from ${JSON.stringify(new URL('./instance-lock.ts', import.meta.url).href)}
    try { lockInstance(${JSON.stringify(folder)}, '/data'); console.log('won') } catch (error) { console.log(error.name) }
    process.stdin.resume()`
  const children = Array.from({ length: 10 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] }),
  )
  const said = await Promise.all(
    children.map(
      (child) => new Promise<string>((resolve) => child.stdout.once('data', (text) => resolve(String(text).trim()))),
    ),
  )
  for (const child of children) {
    child.kill('SIGKILL')
  }
  expect(said.filter((word) => word === 'won')).toHaveLength(1)
  expect(said.filter((word) => word === AlreadyRunning.name)).toHaveLength(9)
  expect(readFileSync(path.join(folder, 'server.json'), 'utf8')).toContain('pid')
})
