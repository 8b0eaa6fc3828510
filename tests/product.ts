import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export const root = join(import.meta.dirname, '..')
const node = join(root, 'node_modules/.bin/node')

export type Product = {
  readonly url: string
  /** One-time links by role. */
  readonly links: Readonly<Record<string, string>>
  readonly data: string
  readonly process: ChildProcess
  /** Ends it as Ctrl-C does, and answers how long that took, in milliseconds. */
  readonly interrupt: () => Promise<number>
  /** Ends the main process at once, as a power cut would end it; its children go on as orphans. */
  readonly kill: () => Promise<void>
}

/** What was started here and still runs, so that a failing test leaves nothing behind. */
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) {
    child.kill('SIGKILL')
  }
})

/** The product as a person starts it: `npm start -- …`, in a process of its own. */
export async function startProduct(options: {
  readonly data: string
  readonly args?: readonly string[]
  readonly port?: number
}): Promise<Product> {
  const args = [
    join(root, 'apps/server/src/main.ts'),
    '--data',
    options.data,
    '--port',
    String(options.port ?? 0),
    '--quiet',
  ]
  const child = spawn(node, [...args, ...(options.args ?? ['--no-simulator'])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: root,
  })
  running.add(child)
  let complaint = ''
  child.stderr.on('data', (chunk: Uint8Array) => {
    complaint = (complaint + new TextDecoder().decode(chunk)).slice(-8000)
  })
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      running.delete(child)
      resolve()
    })
  })
  const ready = await Promise.race([
    new Promise<{ readonly url: string; readonly links: Readonly<Record<string, string>> }>((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line.startsWith('{')) {
          resolve(JSON.parse(line))
        }
      })
    }),
    ended.then(() => {
      throw new Error(`the product did not start:\n${complaint}`)
    }),
  ])
  return {
    ...ready,
    data: options.data,
    process: child,
    interrupt: async () => {
      const startedAt = performance.now()
      child.kill('SIGINT')
      await ended
      return performance.now() - startedAt
    },
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** A data folder that goes away with the test. PostgreSQL's own account must be able to enter it. */
export async function temporaryData(): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'sereno-product-'))
  return {
    folder,
    remove: async () => {
      await endLeftovers(folder)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Ends a PostgreSQL or a signer that a killed product left on this data folder. */
async function endLeftovers(folder: string): Promise<void> {
  const pid = await readFile(join(folder, 'postgres/postmaster.pid'), 'utf8').then(
    (text) => Number(text.split('\n')[0]),
    () => 0,
  )
  const alive = (): boolean => {
    try {
      process.kill(pid, 0)
      return true
    } catch {
      return false
    }
  }
  if (pid > 1 && alive()) {
    process.kill(pid, 'SIGINT')
    for (const deadline = Date.now() + 10_000; alive() && Date.now() < deadline; ) {
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

/** Runs one of Sereno's own commands and gathers what it says. */
export async function command(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly exitCode: number; readonly output: string }> {
  const child = spawn(node, [join(root, 'apps/cli/src/main.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: root,
    env: { ...process.env, ...env },
  })
  let output = ''
  const gather = (chunk: Uint8Array): void => {
    output += new TextDecoder().decode(chunk)
  }
  child.stdout.on('data', gather)
  child.stderr.on('data', gather)
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { exitCode: exitCode ?? -1, output }
}
