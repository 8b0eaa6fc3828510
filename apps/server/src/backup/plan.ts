import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { writeDurably } from '../signer/durable-file.ts'

/**
 * Where an installation keeps copies of itself while it works, and who can open them. The machine holds public keys only:
 * who takes the machine cannot read the copies, and who takes the copies cannot either.
 */
export type BackupPlan = {
  /** A folder elsewhere: a network share, another disk. */
  readonly folder: string
  /** Public keys, `age1…`; at least one, better two people's. */
  readonly recipients: readonly string[]
}

const fileName = 'backup.json'

/** The plan of a data folder, or null when copies are made by hand only. */
export function readPlan(dataFolder: string): BackupPlan | null {
  const file = path.join(dataFolder, fileName)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as BackupPlan) : null
}

export function writePlan(dataFolder: string, plan: BackupPlan): void {
  writeDurably(path.join(dataFolder, fileName), `${JSON.stringify(plan, null, 2)}\n`)
}

/** The parts of a set of copies. */
export function partsOf(folder: string) {
  const below = (name: string): string => path.join(folder, name)
  return { bases: below('base'), wal: below('wal'), keys: below('keys'), log: below('log'), footage: below('footage') }
}
