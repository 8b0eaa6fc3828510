/** `npm run check`: everything that can be known without running the product, in under half a minute. */
import { run } from './run.ts'

const steps = {
  style: ['biome', 'ci', '--error-on-warnings', '--colors=off', '.'],
  'types (server, packages, tests)': ['tsc', '-p', 'tsconfig.json'],
  'types (web)': ['tsc', '-p', 'tsconfig.web.json'],
  'shape (dependency rule and its canary)': ['node', 'tools/shape.ts'],
  unused: ['knip', '--no-progress'],
  'generated documents': ['node', 'tools/docs.ts', '--check'],
} as const

const results = await Promise.all(
  Object.entries(steps).map(async ([name, [command, ...args]]) => ({ name, ...(await run(command, args)) })),
)
for (const { name, exitCode, output, tookMs } of results) {
  console.log(`${exitCode === 0 ? 'ok    ' : 'FAILED'} ${name} (${(tookMs / 1000).toFixed(1)} s)`)
  if (exitCode !== 0) {
    console.log(output.trimEnd())
  }
}
process.exitCode = results.some(({ exitCode }) => exitCode !== 0) ? 1 : 0
