/**
 * `node tests/conformance/make-vectors.ts`: writes every vector, the trust files and `expected.json`, in which our own
 * verifier's verdict stands until somebody looks: read the difference before committing it.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bytesSource, formatTrust, verifyPackage } from '@sereno/proof'
import { trustFiles } from './trusted.ts'
import { vectors } from './vectors.ts'

export const vectorFolder: string = join(import.meta.dirname, 'vectors')

export type Expected = {
  readonly name: string
  readonly about: string
  readonly trust: string | null
  readonly exitCode: number
  /** Names and codes of the checks that failed, each once, sorted. */
  readonly failed: readonly string[]
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
    const verification = await verifyPackage(bytesSource(bytes), trust === undefined ? {} : { trust })
    const failed = verification.checks
      .filter(({ status }) => status === 'failed')
      .map(({ id, code }) => `${id} ${code}`)
    expected.push({
      name,
      about,
      trust: trustName,
      exitCode: verification.exitCode,
      failed: [...new Set(failed)].sort(),
    })
    writeFileSync(join(vectorFolder, `${name}.zip`), bytes)
  }
  writeFileSync(join(vectorFolder, 'expected.json'), `${JSON.stringify(expected, null, 2)}\n`)
  console.log(`${expected.length} vectors`)
}
