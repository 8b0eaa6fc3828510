/**
 * Which stored objects the database expects, and reading them again: for whoever reconciles storage with database and
 * ledger. Streams in the order of the keys' parts, as storage lists them, so that both can be merged in little memory.
 */
import { createHash } from 'node:crypto'
import { fileBlockSize } from '@sereno/proof'
import { sql } from 'kysely'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import type { EvidenceDeps } from './deps.ts'
import { fileBlockKey, initKey } from './evidence.ts'
import { blockHashes, filesOf } from './files.ts'
import { findRecording, mediaKeyOf, wholeStatements } from './store.ts'
import type { StatementRow } from './tables.ts'

/** Sealed and whole since `sinceMs` at the latest, by id: whose bytes can be read again. */
export type Rereadable = { readonly id: string; readonly sealedAt: number }
export type Reread = { readonly bytes: number; readonly wrong: readonly string[] }

export type Expected = {
  /** Keys of objects that must be there, in the order of {@link keyOrder}. */
  readonly keys: (municipality: string) => AsyncIterable<string>
  /** Asked again about one key, after the stream: whether it is expected now. */
  readonly isExpected: (municipality: string, key: string) => Promise<boolean>
  /** Whether the object is there, opens with its recording's key, and is what was signed. */
  readonly isRight: (municipality: string, key: string) => Promise<boolean>
  /** Of these recordings, those that exist and are not destroyed. */
  readonly living: (scope: Scope, recordings: readonly string[]) => Promise<ReadonlySet<string>>
  /** Sealed recordings that are kept, a page by id. */
  readonly sealed: (scope: Scope, after: string | null, limit: number) => Promise<readonly Rereadable[]>
  /** Every sealed recording's manifest and its entry, a page by recording and number. */
  readonly manifests: (
    scope: Scope,
    after: { readonly recording: string; readonly number: number } | null,
    limit: number,
  ) => Promise<readonly { recording: string; number: number; sha256: string; entry: string }[]>
  /** Of these manifests, those that have their row. */
  readonly knownManifests: (scope: Scope, sha256: readonly string[]) => Promise<ReadonlySet<string>>
  /** Of these recordings, those that have their row. */
  readonly known: (scope: Scope, recordings: readonly string[]) => Promise<ReadonlySet<string>>
  /** Reads every byte of a recording and compares it with what was signed. `pace` is awaited before each piece. */
  readonly reread: (scope: Scope, recording: string, pace: (bytes: number) => Promise<void>) => Promise<Reread>
}

/** Sorts keys as folders list them: part by part. */
export const keyOrder = (key: string): string => key.replaceAll('/', '\u0001')

/** Whose object a key of evidence names. */
function recordingOf(key: string): string | null {
  const [, folder = '', name = ''] = key.split('/')
  const recording = folder === 'files' ? name : name.slice(0, 36)
  return /^[0-9a-f-]{36}$/.test(recording) ? recording : null
}

const pageSize = 5000
const uuids = (ids: readonly string[]) => sql`${`{${ids.join(',')}}`}::text::uuid[]`

export function createExpected(deps: Pick<EvidenceDeps, 'database' | 'blobs' | 'signer'>): Expected {
  const { db, sql: direct } = deps.database

  async function idsAmong(query: Promise<{ readonly rows: readonly { readonly id: string }[] }>) {
    return new Set((await query).rows.map(({ id }) => id))
  }

  async function* keys(municipality: string): AsyncGenerator<string> {
    const rows = direct<{ key: string }[]>`
      select key from (
        select c.municipality || '/' || greatest(0, c.captured_at / 3600000) || '/' || c.recording || '-'
          || lpad(c.sequence::text, 10, '0') || '-' || left(c.statement_sha256, 32) as key
        from capture_statement c join recording r on r.municipality = c.municipality and r.id = c.recording
        where c.municipality = ${municipality} and c.kind = 'media' and r.destroyed_at is null
        union all
        select municipality || '/init/' || id || '-' || left(init_sha256, 32) from recording
        where municipality = ${municipality} and destroyed_at is null and init_stored and init_sha256 is not null
        union all
        select f.municipality || '/files/' || f.recording || '/' || f.object || '/' || lpad(block::text, 8, '0')
          || '-' || substr(f.block_sha256, block * 64 + 1, 16)
        from original_file f join recording r on r.municipality = f.municipality and r.id = f.recording
          cross join generate_series(0, f.blocks - 1) as block
        where f.municipality = ${municipality} and r.destroyed_at is null
      ) as expected order by replace(key, '/', e'\\x01') collate "C"`.cursor(pageSize)
    for await (const page of rows) {
      for (const { key } of page) {
        yield key
      }
    }
  }

  async function hashOf(key: string, dataKey: Uint8Array, pace: (bytes: number) => Promise<void>): Promise<string> {
    const digest = createHash('sha256')
    try {
      for await (const piece of deps.blobs.read(key, dataKey)) {
        await pace(piece.length)
        digest.update(piece)
      }
    } catch {
      return ''
    }
    return digest.digest('hex')
  }

  /** Hash and, of a file's block, size that an object of the recording must have; null for a key that nothing names. */
  async function promised(
    scope: Scope,
    recording: string,
    key: string,
  ): Promise<{ readonly sha256: string; readonly size?: number } | null> {
    if (key.split('/')[1] === 'files') {
      for (const file of await filesOf(db, scope, recording)) {
        const hashes = blockHashes(file)
        const block = hashes.findIndex((sha256, number) => fileBlockKey({ ...file, block: number, sha256 }) === key)
        if (block >= 0) {
          return { sha256: hashes[block] ?? '', size: fileBlockSize(file.size_bytes, block) }
        }
      }
      return null
    }
    const row = await findRecording(db, scope, recording)
    const init = row?.init_sha256 ?? null
    if (init !== null && initKey(scope.municipality, recording, init) === key) {
      return { sha256: init }
    }
    const found = await sql<StatementRow>`select * from capture_statement
      where municipality = ${scope.municipality}::uuid and recording = ${recording}::uuid and kind = 'media'
        and left(statement_sha256, 32) = ${key.slice(-32)}`.execute(db)
    const named = row === null ? undefined : found.rows.find((statement) => mediaKeyOf(row, statement) === key)
    return named?.media_sha256 == null ? null : { sha256: named.media_sha256 }
  }

  return {
    keys,
    async isRight(municipality, key) {
      const scope = { municipality, actor: systemActor(municipality) }
      const recording = recordingOf(key)
      const wanted = recording === null ? null : await promised(scope, recording, key)
      const dataKey = recording === null ? null : await deps.signer.dataKey(recording)
      if (wanted === null || dataKey === null) {
        return false
      }
      const isWhole = wanted.size === undefined || (await deps.blobs.size(key)) === wanted.size
      return isWhole && (await hashOf(key, dataKey, async () => undefined)) === wanted.sha256
    },
    async isExpected(municipality, key) {
      const [, folder = '', name = ''] = key.split('/')
      const recording = recordingOf(key)
      if (recording === null) {
        return false
      }
      const found = await sql`select 1 from recording r where r.municipality = ${municipality}::uuid
        and r.id = ${recording}::uuid and r.destroyed_at is null and (
          exists (select 1 from capture_statement c where c.municipality = r.municipality and c.recording = r.id
            and c.kind = 'media' and left(c.statement_sha256, 32) = ${name.slice(-32)})
          or left(r.init_sha256, 32) = ${name.slice(-32)}
          or (${folder === 'files'}::boolean and exists (select 1 from original_file f
            where f.municipality = r.municipality and f.recording = r.id))) limit 1`.execute(db)
      return found.rows.length > 0
    },
    living: ({ municipality }, recordings) =>
      idsAmong(
        sql<{ id: string }>`select id from recording where municipality = ${municipality}::uuid
          and destroyed_at is null and id = any(${uuids(recordings)})`.execute(db),
      ),
    known: ({ municipality }, recordings) =>
      idsAmong(
        sql<{ id: string }>`select id from recording where municipality = ${municipality}::uuid
          and id = any(${uuids(recordings)})`.execute(db),
      ),
    knownManifests: ({ municipality }, sha256) =>
      idsAmong(
        sql<{ id: string }>`select sha256 as id from manifest where municipality = ${municipality}::uuid
          and sha256 = any(${`{${sha256.join(',')}}`}::text::text[])`.execute(db),
      ),
    async sealed({ municipality }, after, limit) {
      const found = await sql<{ id: string; sealed_at: number }>`select id, sealed_at from recording
        where municipality = ${municipality}::uuid and state = 'sealed' and destroyed_at is null
          and ${after === null ? sql`true` : sql`id > ${after}::uuid`} order by id limit ${limit}`.execute(db)
      return found.rows.map((row) => ({ id: row.id, sealedAt: row.sealed_at }))
    },
    async manifests({ municipality }, after, limit) {
      const found = await sql<{ recording: string; number: number; sha256: string; entry: string }>`
        select recording, number, sha256, entry from manifest where municipality = ${municipality}::uuid
          and ${after === null ? sql`true` : sql`(recording, number) > (${after.recording}::uuid, ${after.number}::integer)`}
        order by recording, number limit ${limit}`.execute(db)
      return found.rows
    },
    async reread(scope, recording, pace) {
      const row = await findRecording(db, scope, recording)
      const dataKey = row === null || row.destroyed_at !== null ? null : await deps.signer.dataKey(recording)
      const wrong: string[] = []
      let bytes = 0
      if (row === null || dataKey === null) {
        return { bytes, wrong: row !== null && row.destroyed_at === null && row.segments > 0 ? [recording] : [] }
      }
      const counted = async (size: number): Promise<void> => {
        bytes += size
        await pace(size)
      }
      for (let from = 0; ; ) {
        const page = await wholeStatements(db, scope, recording, from, 200)
        for (const statement of page.filter(({ kind }) => kind === 'media')) {
          const key = mediaKeyOf(row, statement)
          if ((await hashOf(key, dataKey, counted)) !== statement.media_sha256) {
            wrong.push(key)
          }
        }
        const last = page.at(-1)
        if (last === undefined || page.length < 200) {
          break
        }
        from = last.sequence + 1
      }
      for (const file of await filesOf(db, scope, recording)) {
        for (const [block, expected] of blockHashes(file).entries()) {
          const key = fileBlockKey({ ...file, block, sha256: expected })
          const size = await deps.blobs.size(key)
          const whole = size === fileBlockSize(file.size_bytes, block)
          if (!whole || (await hashOf(key, dataKey, counted)) !== expected) {
            wrong.push(key)
          }
        }
      }
      return { bytes, wrong }
    },
  }
}
