import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Account, isRoot, ownAccount } from './accounts.ts'
import { Unavailable } from './errors.ts'
import type { Log } from './log.ts'
import { socketFolder } from './postgres/socket-folder.ts'
import { connectSigner, type SignerClient } from './signer-client.ts'

export type SignerProcess = {
  readonly client: SignerClient
  readonly socketPath: string
  readonly pid: () => number | null
  readonly stop: () => Promise<void>
}

const program = fileURLToPath(new URL('../signer/main.ts', import.meta.url))
const restartMs = 100

/** Starts the signer over its folder under its own account, and again whenever it dies. */
export async function startSigner(options: {
  readonly folder: string
  readonly runFolder: string
  readonly account: Account
  readonly log: Log
  /** Of the locked keys; null while they are open. */
  readonly passphrase?: string | null
}): Promise<SignerProcess> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  chmodSync(options.folder, 0o700)
  if (isRoot()) {
    chownSync(options.folder, options.account.uid, options.account.gid)
  }
  const socketPath = signerSocket(options.runFolder)
  let child: ChildProcess | null = null
  let stopping = false
  let ended = Promise.withResolvers<void>()

  const passphrase = options.passphrase ?? null
  const locked = passphrase === null ? [] : ['--locked']
  function start(): void {
    ended = Promise.withResolvers<void>()
    const current = spawn(
      process.execPath,
      [...memoryFlags, program, ...argumentsFor(options.folder, socketPath, options.account), ...locked],
      {
        // Its own session: Ctrl-C in the terminal reaches the server, which stops the signer last.
        detached: true,
        stdio: ['pipe', 'ignore', 'pipe'],
      },
    )
    child = current
    current.stderr?.on('data', (piece: Uint8Array) =>
      options.log.error(`signer: ${Buffer.from(piece).toString().trim()}`),
    )
    current.stdin?.on('error', () => undefined)
    // Not an argument, not the environment: both can be read in /proc.
    if (passphrase !== null) {
      current.stdin?.write(`${passphrase}\n`)
    }
    current.on('error', (error) => options.log.error({ err: error }, 'signer: cannot be started'))
    current.on('exit', (code, signal) => {
      ended.resolve()
      if (!stopping) {
        options.log.error({ code, signal }, 'signer: it ended; starting it again')
        setTimeout(start, restartMs)
      }
    })
  }

  start()
  const client = connectSigner(socketPath)
  await client.ready()
  return {
    client,
    socketPath,
    pid: () => child?.pid ?? null,
    async stop() {
      stopping = true
      client.close()
      child?.stdin?.end()
      const timer = setTimeout(() => child?.kill('SIGKILL'), 2000)
      await ended.promise
      clearTimeout(timer)
    },
  }
}

/** The signer of a running installation. Throws `Unavailable` when it does not answer in time. */
export async function reachSigner(socketPath: string, limitMs: number): Promise<SignerClient> {
  const client = connectSigner(socketPath)
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Unavailable('signer')), limitMs)
  try {
    await Promise.race([client.ready(), late.promise])
    return client
  } catch (error) {
    client.close()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** Where a running installation's signer listens; for commands beside a running server. */
export function signerSocket(runFolder: string): string {
  // Root binds it, so root owns the folder; else it is our own account.
  return path.join(socketFolder(path.join(runFolder, 'signer'), ownAccount()), 'signer.sock')
}

const memoryFlags = ['--max-old-space-size=96', '--max-semi-space-size=2']

function argumentsFor(folder: string, socketPath: string, account: Account): readonly string[] {
  const base = ['--folder', folder, '--socket', socketPath]
  return isRoot() ? [...base, '--uid', String(account.uid), '--gid', String(account.gid)] : base
}
