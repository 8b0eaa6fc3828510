import './kernel/thread-pool.ts'
import { createInterface } from 'node:readline/promises'
import { readSettings, usage, version, WrongSettings } from './config.ts'
import { consoleText } from './console-text.ts'
import { explain, greeting } from './greeting.ts'
import { createLog } from './kernel/log.ts'
import { openLogFile } from './kernel/log-file.ts'
import { foldersOf } from './kernel/open-kernel.ts'
import { StorageRefused } from './kernel/storage/open-storage.ts'
import { serve } from './serve.ts'
import { KeysIncomplete, VaultLocked } from './signer/vault.ts'

/** `npm start`: an installation of Sereno on this machine. Settings: `config.ts`. */
const text = consoleText(process.env)
const startedMs = performance.now()

async function main(): Promise<void> {
  const settings = readSettings(process.argv.slice(2))
  if (settings.help) {
    console.log(usage)
    return
  }
  const logFile = openLogFile({ folder: foldersOf(settings.dataFolder).logs, name: 'server.log' })
  const log = createLog(logFile)
  const say = (sentence: string): void => {
    process.stderr.write(`${sentence}\n`)
  }
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'server: an unhandled rejection'))
  const interrupted = Promise.withResolvers<void>()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interrupted.resolve())
  }
  const running = await serve({ settings, log, say, building: () => say(text.preparing), mayMigrate })
  log.info({ tookMs: Math.round(performance.now() - startedMs) }, 'server: started')
  console.log(
    settings.quiet ? JSON.stringify({ url: running.url, links: running.links }) : greeting(text, version, running),
  )

  await interrupted.promise
  await running.stop()
  logFile.close()
  process.exit(0)

  async function mayMigrate(count: number): Promise<boolean> {
    if (settings.migrate || settings.quiet || !process.stdin.isTTY) {
      return settings.migrate
    }
    const terminal = createInterface({ input: process.stdin, output: process.stderr })
    const answer = await terminal.question(text.askMigrate(count))
    terminal.close()
    return text.yes.test(answer.trim())
  }
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${explain(text, error, WrongSettings, StorageRefused, VaultLocked, KeysIncomplete)}\n`)
  process.exit(1)
}
