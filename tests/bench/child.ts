import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from '../product.ts'

export type Child = {
  readonly process: ChildProcess
  /** The next line of JSON it prints. */
  readonly next: () => Promise<Record<string, unknown>>
  readonly stop: () => Promise<void>
}

/** A script of this folder in a process of its own, which speaks JSON lines. Ends with this process. */
export function startChild(script: string, args: readonly string[]): Child {
  const child = spawn(join(root, 'node_modules/.bin/node'), [join(import.meta.dirname, script), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: root,
  })
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    process: child,
    async next() {
      const { value, done } = await lines.next()
      if (done === true) {
        throw new Error(`${script} ended`)
      }
      return JSON.parse(value)
    },
    async stop() {
      child.kill('SIGKILL')
      await ended
      process.off('exit', kill)
    },
  }
}
