/** A server that can be ended at any instant, with everything that belongs to it or without. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from '../product.ts'

const node = join(root, 'node_modules/.bin/node')
const program = join(root, 'tests/faults/later-server.ts')

/** Who is killed: the server alone, it and its children at once as by a power cut, or first a child. */
export const victims = ['server', 'everything', 'signer', 'postgres'] as const
export type Victim = (typeof victims)[number]

export type Ready = { readonly url: string; readonly links: Readonly<Record<string, string>>; readonly ledger: string }
export type Ending = { readonly exitCode: number | null; readonly output: string }

export type Program = {
  readonly child: ChildProcess
  /** The first line of JSON it prints. Rejects when it ends before. */
  readonly ready: Promise<Ready>
  readonly ended: Promise<Ending>
}

const alive = new Set<ChildProcess>()
process.on('exit', killAll)

/** Whatever was launched here and still runs, so that a failing test leaves nothing behind. */
export function killAll(): void {
  for (const child of alive) {
    child.kill('SIGKILL')
  }
}

/** `later-server.ts` in a process of its own. */
export function launch(args: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
  const child = spawn(node, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: root,
    env: { ...process.env, ...env },
  })
  alive.add(child)
  let output = ''
  child.stderr.on('data', (piece: Uint8Array) => {
    output = (output + new TextDecoder().decode(piece)).slice(-8000)
  })
  const ended = new Promise<Ending>((resolve) => {
    child.once('exit', (exitCode) => {
      alive.delete(child)
      resolve({ exitCode, output })
    })
  })
  const ready = Promise.race([
    new Promise<Ready>((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line.startsWith('{')) {
          resolve(JSON.parse(line) as Ready)
        }
      })
    }),
    ended.then((ending): never => {
      throw new Error(`it ended before it was ready:\n${ending.output}`)
    }),
  ])
  ready.catch(() => undefined)
  return { child, ready, ended }
}

/** `kill -9`. What belongs to it is found before, and killed in the same breath. */
export async function killNine({ child, ended }: Program, data: string, victim: Victim): Promise<void> {
  const [signer, postgres] = await Promise.all([signerOf(child.pid), postmasterOf(data)])
  const doomed = {
    server: [child.pid],
    everything: [child.pid, signer, postgres],
    signer: [signer],
    postgres: [postgres],
  }[victim]
  for (const pid of doomed) {
    killOne(pid)
  }
  if (victim === 'server' || victim === 'everything') {
    await ended
  }
}

function killOne(pid: number | null | undefined): void {
  if (pid === null || pid === undefined) {
    return
  }
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It was quicker.
  }
}

async function postmasterOf(data: string): Promise<number | null> {
  const text = await readFile(join(data, 'postgres/postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(text.split('\n')[0])
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
  return name.trim() === 'postgres' ? pid : null
}

async function signerOf(server: number | undefined): Promise<number | null> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [status, line] = await Promise.all([
      readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''),
      readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
    ])
    if (status.includes(`PPid:\t${server}\n`) && line.includes('signer/main.ts')) {
      return Number(pid)
    }
  }
  return null
}
