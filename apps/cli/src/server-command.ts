import { spawn } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../../..')

/**
 * Verbs that need an installation run inside the server's own code, as a child with the same terminal: one program, so
 * that `sereno check` and the server can never disagree about what is promised.
 */
export function runServerCommand(verb: string, args: readonly string[]): Promise<number> {
  const script = join(root, 'apps/server/src/commands/main.ts')
  // Node calls ML-DSA experimental on standard error, in the middle of what people read.
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, verb, ...args], {
    stdio: 'inherit',
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => child.kill(signal))
  }
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? (signal ? 130 : 1))))
}
