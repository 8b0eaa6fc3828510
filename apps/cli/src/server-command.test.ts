import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('what Node says of ML-DSA does not come between the lines of a server’s verb', () => {
  // As `sereno drill` does when it examines signatures, and told by Node on standard error unless it is forbidden.
  const keys = `await crypto.subtle.generateKey('ML-DSA-44', false, ['sign', 'verify'])`
  const signs = `data:text/javascript,if (process.argv[1].endsWith('commands/main.ts')) { ${keys}; console.error('made') }`
  const sereno = spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts'), 'drill'], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: `--import ${JSON.stringify(signs.replaceAll(' ', '%20'))}` },
  })
  expect(sereno.status).toBe(64)
  expect(sereno.stderr).toContain('made')
  expect(sereno.stderr).not.toContain('Warning')
}, 60_000)
