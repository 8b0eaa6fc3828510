import { createHash } from 'node:crypto'
import { chmodSync, chownSync, lstatSync, mkdirSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type Account, canReach, isRoot } from '../accounts.ts'

// sockaddr_un holds 107 bytes and a zero; PostgreSQL's own socket is named `.s.PGSQL.5432`.
const longestPath = 107

/**
 * A folder only the account (and root) can enter, whose path is short enough for a Unix socket: `wanted` when it fits and
 * the account reaches it, else one of ours below the runtime or temporary folder, named after `wanted`.
 */
export function socketFolder(wanted: string, account: Account): string {
  const fits = Buffer.byteLength(path.join(wanted, '.s.PGSQL.5432')) <= longestPath
  mkdirSync(path.dirname(wanted), { recursive: true, mode: 0o755 })
  if (fits && canReach(account, wanted)) {
    own(wanted, account)
    return wanted
  }
  const runtime = process.env.XDG_RUNTIME_DIR
  const base = !isRoot() && runtime !== undefined && runtime.length < 60 ? runtime : os.tmpdir()
  const folder = path.join(base, `sereno-${createHash('sha256').update(wanted).digest('hex').slice(0, 12)}`)
  own(folder, account)
  return folder
}

// The temporary folder is everybody's: a folder that somebody else made there under our name would be theirs to listen in.
function own(folder: string, account: Account): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const found = lstatSync(folder)
  const trusted = found.isDirectory() && (found.uid === account.uid || (isRoot() && found.uid === 0))
  if (!trusted) {
    throw new Error(`${folder} belongs to somebody else. Remove it, or set TMPDIR to another folder.`)
  }
  if (found.uid !== account.uid) {
    chownSync(folder, account.uid, account.gid)
  }
  chmodSync(folder, 0o700)
}
