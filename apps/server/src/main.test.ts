import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { temporaryFolder } from './test-kit/index.ts'

const program = fileURLToPath(new URL('./main.ts', import.meta.url))
const dataFolder = path.join(temporaryFolder('main'), 'data')

function start(...args: readonly string[]): ChildProcess {
  const settings = ['--data', dataFolder, '--port', '0', '--no-simulator', ...args]
  return spawn(process.execPath, [program, ...settings], { stdio: ['ignore', 'pipe', 'pipe'] })
}

function firstLine(child: ChildProcess, stream: 'stdout' | 'stderr'): Promise<string> {
  return new Promise((resolve, reject) => {
    child[stream]?.once('data', (text) => resolve(String(text).trim()))
    child.once('exit', () => reject(new Error('it ended without a word')))
  })
}

const exitOf = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.once('exit', resolve))

/** Command lines of the processes that name the folder. */
function processes(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      } catch {
        return ''
      }
    })
    .filter((line) => line.includes(dataFolder) && !line.startsWith('/bin/sh'))
}

// The web applications may have to be built first.
const limitMs = 180_000

test(
  'one line when ready; a second server is refused; Ctrl-C ends all of it within five seconds',
  async () => {
    const server = start('--quiet')
    const exit = exitOf(server)
    const ready = JSON.parse(await firstLine(server, 'stdout')) as { url: string; links: Record<string, string> }
    expect(ready.links.operator).toMatch(/^http:\/\/localhost:\d+\/#link=/)
    const installation = (await (await fetch(`${ready.url}/api/installation`)).json()) as { state: string }
    expect(installation.state).toBe('ready')
    expect(processes().length).toBeGreaterThan(2)

    const second = start()
    const secondExit = exitOf(second)
    expect(await firstLine(second, 'stderr')).toBe(
      `Sereno is already running on ${dataFolder} (process ${server.pid}, ${ready.url}).`,
    )
    expect(await secondExit).toBe(1)

    const interruptedMs = performance.now()
    server.kill('SIGINT')
    expect(await exit).toBe(0)
    expect(performance.now() - interruptedMs).toBeLessThan(5000)
    expect(processes()).toEqual([])
  },
  limitMs,
)
