import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { builtApps } from './web-build.ts'

/** The offline verifier as it is served and put into packages: one file, the same bytes everywhere. */
export type VerifierPage = {
  readonly bytes: Uint8Array
  readonly sha256: string
  /** Its own security policy, which stands in the file as well; the applications' one would not let it run. */
  readonly policy: string
}

/** What was built last, or null. Read once for each build. */
export function readVerifierPage(repository: string): VerifierPage | null {
  const build = builtApps(repository).find(({ name }) => name === 'verifier')?.build ?? null
  const file = build === null ? null : path.join(build, 'verify.html')
  if (file === null || !existsSync(file)) {
    return null
  }
  const known = pages.get(file)
  const page = known ?? pageOf(readFileSync(file))
  pages.set(file, page)
  return page
}

const pages = new Map<string, VerifierPage>()

function pageOf(bytes: Uint8Array): VerifierPage {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(Buffer.from(bytes).toString('utf8'))?.[1]
  return {
    bytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    policy: `${policy ?? "default-src 'none'"}; frame-ancestors 'none'`,
  }
}
