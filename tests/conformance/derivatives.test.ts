/** Clips and stills: both verifiers say of each what is expected, and the command line what both say. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bytesSource, parseTrust, verifyDerivative } from '@sereno/proof'
import { describe, expect, test } from 'vitest'
import { derivativeVerdictOf, type ExpectedDerivative, vectorFolder } from './make-vectors.ts'
import { derivativeVectors } from './vectors-derivatives.ts'

const expected = JSON.parse(
  readFileSync(join(vectorFolder, 'expected-derivatives.json'), 'utf8'),
) as readonly ExpectedDerivative[]
const cli = join(import.meta.dirname, '../../apps/cli/src/main.ts')
const program = join(import.meta.dirname, 'verify.py')
const of = (name: string): string => join(vectorFolder, name)
const said = ({ exitCode, failed, cut }: ExpectedDerivative) => ({ exitCode, failed, cut })

describe('clips and stills', () => {
  test('are what the script makes, byte for byte', async () => {
    for (const { name, ending, make } of derivativeVectors) {
      const { file, lineage } = await make()
      expect(Buffer.compare(file, readFileSync(of(`${name}.${ending}`))), name).toBe(0)
      expect(Buffer.compare(lineage, readFileSync(of(`${name}.lineage.json`))), name).toBe(0)
    }
    for (const { file, exitCode } of expected) {
      const wanted = file.startsWith('valid-') ? 0 : file.startsWith('open-') ? 3 : file.includes('no-lineage') ? 2 : 1
      expect(exitCode, file).toBe(wanted)
    }
  })

  test.each(expected)('$file: $about', async (one) => {
    const parsed = one.trust === null ? null : parseTrust(readFileSync(of(`${one.trust}.json`)))
    const trust = parsed?.ok === true ? { trust: parsed.value } : {}
    const lineage = readFileSync(of(one.lineage))
    const ours = await verifyDerivative(bytesSource(readFileSync(of(one.file))), lineage, trust)
    expect(derivativeVerdictOf(ours.exitCode, ours.checks)).toEqual(said(one))
    const args = [one.file, one.lineage, ...(one.trust === null ? [] : ['--trust', `${one.trust}.json`]), '--json']
    const python = spawnSync('/usr/bin/python3', ['-B', program, ...args], { cwd: vectorFolder, encoding: 'utf8' })
    expect(derivativeVerdictOf(python.status ?? -1, JSON.parse(python.stdout).checks)).toEqual(said(one))
  })

  test('the command line says the same, and how it was cut', () => {
    const run = (...args: readonly string[]) =>
      spawnSync(process.execPath, [cli, 'verify', ...args], { cwd: vectorFolder, encoding: 'utf8' })
    const clip = run('valid-clip.mp4', 'valid-clip.lineage.json', '--trust', 'trust.json')
    expect(clip.status).toBe(0)
    expect(clip.stdout).toContain('sin recodificar')
    expect(clip.stdout).toContain('se pidió 0.5–3.0 s; el clip abarca 0.0–4.0 s')
    const still = run('valid-still.png', 'valid-still.lineage.json', '--trust', 'trust.json', '--en')
    expect([still.status, still.stdout.includes('re-encoded')]).toEqual([0, true])
    expect(run('forged-clip-byte.mp4', 'valid-clip.lineage.json', '--trust', 'trust.json').status).toBe(1)
    expect(run('valid-clip.mp4', 'trust.json', '--trust', 'trust.json').status).toBe(2)
    expect(run('valid-clip.mp4', 'valid-clip.lineage.json').status).toBe(3)
    expect(run('valid-clip.mp4', 'nowhere.json').status).toBe(66)
  })
})
