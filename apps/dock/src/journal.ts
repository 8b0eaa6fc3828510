/**
 * What the dock knows of itself and of each file, in node:sqlite, fsynced at each commit. A file is known by path, size and
 * time of change: when one of them is another, it is another file.
 */
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export type FileState = 'new' | 'sending' | 'signed' | 'kept' | 'known' | 'erased' | 'changed'
export type FileRow = {
  readonly id: number
  readonly path: string
  readonly size: number
  readonly mtime: number
  readonly state: FileState
  readonly recording: string
  readonly sha256: string | null
  readonly statement: string | null
  readonly stop: string | null
  readonly receipt: string | null
}
export type Counter = { readonly counter: number; readonly head: string | null }

export type Journal = {
  readonly seed: () => Uint8Array
  readonly get: (name: string) => string | null
  readonly set: (name: string, value: string) => void
  readonly file: (path: string, size: number, mtime: number, recording: () => string) => FileRow
  readonly change: (id: number, change: Partial<Pick<FileRow, 'state' | 'sha256' | 'receipt' | 'recording'>>) => void
  readonly blocks: (id: number) => readonly string[]
  readonly addBlock: (id: number, block: number, sha256: string) => void
  readonly forgetBlocks: (id: number) => void
  readonly counter: () => Counter
  /** Statement, stop and the counter they use, in one transaction: a number is never used twice. */
  readonly sign: (id: number, signed: { statement: string; stop: string; sha256: string }, next: Counter) => void
  readonly count: () => Readonly<Record<string, number>>
  readonly close: () => void
}

export function openJournal(folder: string): Journal {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = path.join(folder, 'dock.sqlite')
  const db = new DatabaseSync(file)
  // It holds the dock's key.
  chmodSync(file, 0o600)
  db.exec(`pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 5000;
    create table if not exists setting (name text primary key, value text not null) strict;
    create table if not exists file (
      id integer primary key, path text not null, size integer not null, mtime integer not null,
      state text not null, recording text not null, sha256 text, statement text, stop text, receipt text,
      seen_at integer not null, unique (path, size, mtime)) strict;
    create table if not exists block (
      file integer not null, block integer not null, sha256 text not null, primary key (file, block)) strict, without rowid;`)
  const get = db.prepare('select value from setting where name = ?')
  const set = db.prepare(
    'insert into setting (name, value) values (?, ?) on conflict (name) do update set value = excluded.value',
  )
  const find = db.prepare('select * from file where path = ? and size = ? and mtime = ?')
  const add = db.prepare(
    `insert into file (path, size, mtime, state, recording, seen_at) values (?, ?, ?, 'new', ?, ?)`,
  )
  const readBlocks = db.prepare('select sha256 from block where file = ? order by block')
  const putBlock = db.prepare('insert or replace into block (file, block, sha256) values (?, ?, ?)')
  const read = (name: string): string | null => (get.get(name) as { value: string } | undefined)?.value ?? null

  return {
    seed() {
      const known = read('seed')
      const seed = known === null ? randomBytes(32) : Buffer.from(known, 'hex')
      if (known === null) {
        set.run('seed', seed.toString('hex'))
      }
      return seed
    },
    get: read,
    set: (name, value) => void set.run(name, value),
    file(name, size, mtime, recording) {
      const known = find.get(name, size, mtime) as FileRow | undefined
      if (known === undefined) {
        add.run(name, size, mtime, recording(), Date.now())
      }
      return known ?? (find.get(name, size, mtime) as FileRow)
    },
    change(id, change) {
      for (const [column, value] of Object.entries(change)) {
        db.prepare(`update file set ${column} = ? where id = ?`).run(value ?? null, id)
      }
    },
    blocks: (id) => (readBlocks.all(id) as { sha256: string }[]).map(({ sha256 }) => sha256),
    addBlock: (id, block, sha256) => void putBlock.run(id, block, sha256),
    forgetBlocks: (id) => void db.prepare('delete from block where file = ?').run(id),
    counter: () => ({ counter: Number(read('counter') ?? 0), head: read('head') }),
    sign(id, { statement, stop, sha256 }, next) {
      db.exec('begin immediate')
      try {
        db.prepare(`update file set statement = ?, stop = ?, sha256 = ?, state = 'signed' where id = ?`).run(
          statement,
          stop,
          sha256,
          id,
        )
        set.run('counter', String(next.counter))
        set.run('head', next.head ?? '')
        db.exec('commit')
      } catch (error) {
        db.exec('rollback')
        throw error
      }
    },
    count() {
      const rows = db.prepare('select state, count(*) as n from file group by state').all() as {
        state: string
        n: number
      }[]
      return Object.fromEntries(rows.map(({ state, n }) => [state, n]))
    },
    close: () => db.close(),
  }
}
