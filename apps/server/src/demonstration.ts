import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { App } from './app.ts'
import { repositoryFolder } from './config.ts'
import type { Log } from './kernel/log.ts'

/** The fictitious municipality with its places, people and cameras. Does nothing when it is there already. */
export async function seedDemonstration(app: App): Promise<void> {
  const { id } = await app.identity.seedDemonstration()
  await app.territory.seedDemonstration(id)
  await app.identity.seedDemonstrationOfficers(await app.fleet.seedDemonstration(id))
  await app.retention.seedDemonstration(id)
}

export type Simulator = { readonly stop: () => Promise<void> }

const stopLimitMs = 1500

/** The simulated phones, a process of their own that knows the server only by its public address. */
export async function startSimulator(
  app: App,
  options: { readonly url: string; readonly dataFolder: string; readonly caFile: string | null; readonly log: Log },
): Promise<Simulator> {
  const municipality = app.identity.municipality()
  if (municipality === null) {
    return { stop: async () => undefined }
  }
  const phones = await app.fleet.demonstrationEnrolments(municipality.id)
  const state = path.join(options.dataFolder, 'simulator')
  mkdirSync(state, { recursive: true, mode: 0o700 })
  const program = path.join(repositoryFolder, 'apps/simulator/src/main.ts')
  const child = spawn(process.execPath, [program, '--demo', '--url', options.url, '--state', state], {
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
    env: options.caFile === null ? process.env : { ...process.env, NODE_EXTRA_CA_CERTS: options.caFile },
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.on('error', (error) => options.log.error({ err: error }, 'simulator: cannot be started'))
  child.stdin.on('error', () => undefined)
  child.stderr.on('data', (piece: Uint8Array) => options.log.info(`simulator: ${Buffer.from(piece).toString().trim()}`))
  child.stdin.end(JSON.stringify({ phones }))
  return {
    async stop() {
      child.kill('SIGINT')
      const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs)
      await ended
      clearTimeout(timer)
    },
  }
}
