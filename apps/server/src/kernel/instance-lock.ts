import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { identify, isAlive, type ProcessId } from './process-id.ts'

/** Another server works on the data folder. */
export class AlreadyRunning extends Error {
  readonly pid: number
  readonly url: string | null

  constructor(folder: string, holder: Holder) {
    super(
      `Sereno is already running on ${folder} (process ${holder.pid}${holder.url === null ? '' : `, ${holder.url}`}).`,
    )
    this.name = 'AlreadyRunning'
    this.pid = holder.pid
    this.url = holder.url
  }
}

export type Holder = ProcessId & { readonly url: string | null }
export type InstanceLock = {
  /** Tells commands where the server listens. */
  readonly note: (url: string) => void
  readonly release: () => void
}

const fileName = 'server.json'

/**
 * One server for each data folder. The lock names its process by number, start and boot, so what a crash or a power cut
 * left behind is recognised and taken over. Throws {@link AlreadyRunning}.
 */
export function lockInstance(runFolder: string, dataFolder: string): InstanceLock {
  const own = identify(process.pid)
  if (own === null) {
    throw new Error('Sereno needs /proc (Linux).')
  }
  mkdirSync(runFolder, { recursive: true, mode: 0o755 })
  const file = path.join(runFolder, fileName)
  const draft = `${file}.${process.pid}`
  const write = (url: string | null): void => writeFileSync(draft, JSON.stringify({ ...own, url }), { mode: 0o644 })
  write(null)
  try {
    // link(2) is atomic and fails when the name is taken: of two that start together one wins.
    for (let attempt = 0; ; attempt += 1) {
      try {
        linkSync(draft, file)
        break
      } catch (error) {
        const holder = readHolder(runFolder)
        if (attempt > 20 || !(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
          throw error
        }
        if (holder !== null && isAlive(holder)) {
          throw new AlreadyRunning(dataFolder, holder)
        }
        takeAway(file, holder)
      }
    }
  } finally {
    rmSync(draft, { force: true })
  }
  return {
    note(url) {
      write(url)
      renameSync(draft, file)
    },
    release() {
      if (readHolder(runFolder)?.pid === process.pid) {
        rmSync(file, { force: true })
      }
    },
  }
}

/** The server that holds the folder's lock and lives, or null. */
export function runningServer(runFolder: string): Holder | null {
  const holder = readHolder(runFolder)
  return holder !== null && isAlive(holder) ? holder : null
}

// A dead lock is moved aside and looked at again: had somebody been quicker, theirs is put back.
function takeAway(file: string, dead: Holder | null): void {
  const aside = `${file}.dead.${process.pid}`
  try {
    renameSync(file, aside)
  } catch {
    return
  }
  const taken = parse(aside)
  if (taken !== null && isAlive(taken) && taken.pid !== dead?.pid) {
    try {
      linkSync(aside, file)
    } catch {
      // A third one has it; they will settle it.
    }
  }
  rmSync(aside, { force: true })
}

function readHolder(runFolder: string): Holder | null {
  return parse(path.join(runFolder, fileName))
}

function parse(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder
  } catch {
    return null
  }
}
