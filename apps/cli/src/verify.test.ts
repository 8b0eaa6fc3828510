import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatTrust } from '@sereno/proof'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageBytes, testTrust } from '../../../packages/proof/src/package.test-kit.ts'

let folder = ''
const main = join(import.meta.dirname, 'main.ts')

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sereno-cli-'))
  const bytes = await packageBytes({ segments: 3 })
  writeFileSync(join(folder, 'good.zip'), bytes)
  const altered = new Uint8Array(bytes)
  const middle = Math.floor(altered.length / 2)
  altered[middle] = (altered[middle] ?? 0) ^ 1
  writeFileSync(join(folder, 'altered.zip'), altered)
  writeFileSync(join(folder, 'other.zip'), 'PK and nothing else')
  writeFileSync(join(folder, 'trust.json'), formatTrust(testTrust))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function sereno(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', cwd: folder })
  return { status, output: stdout + stderr }
}

test.each([
  [['verify', 'good.zip', '--trust', 'trust.json'], 0, 'SE SOSTIENE'],
  [['verify', 'good.zip', '--trust', 'trust.json', '--en'], 0, 'IT HOLDS'],
  [['verify', 'altered.zip', '--trust', 'trust.json'], 1, 'NO SE SOSTIENE'],
  [['verify', 'other.zip'], 2, 'NO ES UN PAQUETE'],
  [['verify', 'good.zip'], 3, 'NO CONSTA SU ORIGEN'],
  [['verify', 'nowhere.zip'], 66, 'nowhere.zip'],
  [['verify', 'good.zip', '--trust', 'good.zip'], 66, 'not a trust file'],
  [['verify'], 64, 'sereno verify FILE'],
  [['juggle'], 64, 'no verb "juggle"'],
] as const)('sereno %j ends with %i', (args, exitCode, words) => {
  const { status, output } = sereno(...args)
  expect({ status, told: output.includes(words) ? words : output }).toEqual({ status: exitCode, told: words })
})

test('--json prints the same named checks', () => {
  const { checks, result } = JSON.parse(sereno('verify', 'good.zip', '--trust', 'trust.json', '--json').output)
  expect(result).toBe('holds')
  expect(checks.map(({ id }: { id: string }) => id)).toContain('device-enrolment')
})
