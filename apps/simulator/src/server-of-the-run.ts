import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const root = join(import.meta.dirname, '../../..')

export type Server = {
  readonly url: string
  readonly links: Readonly<Record<string, string>>
  readonly stop: () => Promise<void>
}

/** Starts a server of its own on a temporary data folder, for runs that name none, and takes it away afterwards. */
export async function startServer(): Promise<Server> {
  const data = await mkdtemp(join(tmpdir(), 'sereno-simulate-'))
  const child = spawn(
    join(root, 'node_modules/.bin/node'),
    [join(root, 'apps/server/src/main.ts'), '--data', data, '--port', '0', '--quiet', '--no-simulator'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const ready = await Promise.race([
    new Promise<{ readonly url: string; readonly links: Readonly<Record<string, string>> }>((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line.startsWith('{')) {
          resolve(JSON.parse(line))
        }
      })
    }),
    ended.then(() => {
      throw new Error('The server of this run did not start; its message is above.')
    }),
  ])
  return {
    ...ready,
    stop: async () => {
      child.kill('SIGINT')
      await ended
      await rm(data, { recursive: true, force: true })
    },
  }
}

/** Asks the running installation on this machine for a one-time link (`sereno link ROLE`). */
export async function localLink(role: string, data: string | null): Promise<string> {
  const child = spawn(
    join(root, 'node_modules/.bin/node'),
    [join(root, 'apps/server/src/commands/main.ts'), 'link', role, ...(data ? ['--data', data] : [])],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let text = ''
  child.stdout.on('data', (chunk: Uint8Array) => {
    text += new TextDecoder().decode(chunk)
  })
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  const link = /https?:\/\/\S+#link=\S+/.exec(text)?.[0]
  if (code !== 0 || !link) {
    throw new Error(`No ${role} link could be had from the installation on this machine. Give one with --link.`)
  }
  return link
}
