/**
 * `node tests/conformance/make-vectors.ts`: writes every vector, the trust files and `expected.json`, in which our own
 * verifier's verdict stands until somebody looks: read the difference before committing it.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bytesSource, formatTrust, type Trust, type Verification, verifyDerivative, verifyPackage } from '@sereno/proof'
import { checkTimestamp } from '@sereno/timestamp'
import { trustFiles } from './trusted.ts'
import { vectors } from './vectors.ts'
import { derivativeVectors } from './vectors-derivatives.ts'

export const vectorFolder: string = join(import.meta.dirname, 'vectors')

/** The day that vectors are judged on: certificates end, and what is expected must not. */
export const vectorsNowMs: number = Date.UTC(2026, 9, 1)

export type Expected = {
  readonly name: string
  readonly about: string
  readonly trust: string | null
  readonly exitCode: number
  /** Names and codes of the checks that failed, each once, sorted. */
  readonly failed: readonly string[]
  /** What is said of time stamps, each once, sorted; left out where there are none. */
  readonly stamps?: readonly string[]
}

type Said = { readonly id: string; readonly status: string; readonly code: string | null }

/** What two verifiers must agree on. */
export function verdictOf(exitCode: number, checks: readonly Said[]): Pick<Expected, 'exitCode' | 'failed' | 'stamps'> {
  const sorted = (said: readonly string[]): readonly string[] => [...new Set(said)].sort()
  const failed = sorted(checks.filter(({ status }) => status === 'failed').map(({ id, code }) => `${id} ${code}`))
  const about = checks.filter(({ id, code }) => id === 'timestamps' && code !== 'not-stamped')
  const stamps = sorted(about.map(({ status, code }) => (code === null ? status : `${status} ${code}`)))
  return { exitCode, failed, ...(stamps.length === 0 ? {} : { stamps }) }
}

export type ExpectedDerivative = {
  readonly file: string
  readonly lineage: string
  readonly about: string
  readonly trust: string | null
  readonly exitCode: number
  readonly failed: readonly string[]
  /** How it was cut, as both say it. */
  readonly cut: string | null
}

export function derivativeVerdictOf(
  exitCode: number,
  checks: readonly Said[],
): Pick<ExpectedDerivative, 'exitCode' | 'failed' | 'cut'> {
  const { failed } = verdictOf(exitCode, checks)
  return { exitCode, failed, cut: checks.find(({ id }) => id === 'cut')?.code ?? null }
}

/** As the command line and `verify.html` verify. */
export function verifyBytes(bytes: Uint8Array, trust: Trust | undefined): Promise<Verification> {
  return verifyPackage(bytesSource(bytes), {
    checkTimestamp,
    nowMs: vectorsNowMs,
    ...(trust === undefined ? {} : { trust }),
  })
}

async function writeDerivatives(trusts: Readonly<Record<string, Trust>>): Promise<void> {
  const expected: ExpectedDerivative[] = []
  for (const { name, ending, about, trust: trustName, make } of derivativeVectors) {
    const { file, lineage } = await make()
    const trust = trustName === null ? undefined : trusts[trustName]
    const options = trust === undefined ? {} : { trust }
    const { exitCode, checks } = await verifyDerivative(bytesSource(file), lineage, options)
    const names = { file: `${name}.${ending}`, lineage: `${name}.lineage.json` }
    writeFileSync(join(vectorFolder, names.file), file)
    writeFileSync(join(vectorFolder, names.lineage), lineage)
    expected.push({ ...names, about, trust: trustName, ...derivativeVerdictOf(exitCode, checks) })
  }
  writeFileSync(join(vectorFolder, 'expected-derivatives.json'), `${JSON.stringify(expected, null, 2)}\n`)
}

if (import.meta.main) {
  mkdirSync(vectorFolder, { recursive: true })
  for (const name of readdirSync(vectorFolder)) {
    rmSync(join(vectorFolder, name))
  }
  const trusts = await trustFiles()
  for (const [name, trust] of Object.entries(trusts)) {
    writeFileSync(join(vectorFolder, `${name}.json`), formatTrust(trust))
  }
  const expected: Expected[] = []
  for (const { name, about, trust: trustName, make } of vectors) {
    const bytes = await make()
    const trust = trustName === null ? undefined : trusts[trustName]
    const { exitCode, checks } = await verifyBytes(bytes, trust)
    expected.push({ name, about, trust: trustName, ...verdictOf(exitCode, checks) })
    writeFileSync(join(vectorFolder, `${name}.zip`), bytes)
  }
  await writeDerivatives(trusts)
  writeFileSync(join(vectorFolder, 'expected.json'), `${JSON.stringify(expected, null, 2)}\n`)
  console.log(`${expected.length} vectors`)
}
