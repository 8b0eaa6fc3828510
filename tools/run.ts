import { spawn } from 'node:child_process'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..')

export type Ran = { readonly exitCode: number; readonly output: string; readonly tookMs: number }

/** Runs a command from the repository's root and gathers what it prints; `live` lets it print directly. */
export function run(command: string, args: readonly string[], options: { readonly live?: boolean } = {}): Promise<Ran> {
  const startedAt = performance.now()
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: options.live ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` },
    })
    let output = ''
    child.stdout?.on('data', (chunk: Uint8Array) => {
      output += new TextDecoder().decode(chunk)
    })
    child.stderr?.on('data', (chunk: Uint8Array) => {
      output += new TextDecoder().decode(chunk)
    })
    child.on('error', (error) =>
      resolve({ exitCode: 127, output: String(error), tookMs: performance.now() - startedAt }),
    )
    child.on('close', (code, signal) =>
      resolve({ exitCode: code ?? (signal ? 130 : 1), output, tookMs: performance.now() - startedAt }),
    )
  })
}
