import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sql } from '../../apps/server/src/kernel/database.ts'
import { startProduct, temporaryData } from '../product.ts'
import { openOwner } from './database.ts'
import { desk } from './devices.ts'
import { type Bench, compared, plain } from './figures.ts'

/** Fewer to try it: `SERENO_BENCH_BLOBS=10000`. */
const blobs = Number(process.env.SERENO_BENCH_BLOBS ?? 1_000_000)
const perRecording = 500
const hourMs = 3_600_000
/** A stored object of one byte: what matters here is that it has a name. */
const stored = new Uint8Array(64)

/**
 * Issue 3 §9 `reconcile`: a million stored objects' names against the database, and every sealed recording's manifest
 * against the ledger, in both directions, as each night and through the API; no object is read again. Rows are seeded by
 * SQL, objects are small files in the product's own folders.
 */
export const bench: Bench = async (say) => {
  const data = await temporaryData()
  try {
    const product = await startProduct({ data: data.folder })
    const sql = await openOwner(data.folder)
    try {
      say(`seeding ${blobs} objects …`)
      await seed(sql)
      await files(sql, join(data.folder, 'footage'))
      const custodian = await desk(product.url, product.links.custodian)
      const startedAt = performance.now()
      const report = await custodian.api.call('POST /completeness/reconciliations', {})
      const seconds = (performance.now() - startedAt) / 1000
      const listedAt = performance.now()
      const names = await listed(join(data.folder, 'footage'))
      const listing = (performance.now() - listedAt) / 1000
      if (names < blobs) {
        throw new Error(`${names} files of ${blobs}`)
      }
      const wrong = report.missing + report.orphaned + report.unlike + report.waiting
      if (report.expected < blobs || wrong > 0 || report.rereadRecordings > 0) {
        throw new Error(`not what was seeded: ${JSON.stringify({ ...report, findings: report.findings.slice(0, 3) })}`)
      }
      return [
        compared('seconds', seconds, 's', 'listing the names of the same files', listing),
        plain('objects', report.objects, 'objects'),
        plain('entries', report.entries, 'ledger entries'),
      ]
    } finally {
      await sql.end({ timeout: 2 })
      await product.interrupt()
    }
  } finally {
    await data.remove()
  }
}

async function listed(folder: string): Promise<number> {
  let count = 0
  for await (const entry of await opendir(folder, { recursive: true })) {
    count += entry.isFile() ? 1 : 0
  }
  return count
}

async function seed(sql: Sql): Promise<void> {
  const recordings = Math.ceil(blobs / perRecording)
  const now = Date.now()
  await sql.unsafe(`
    insert into recording (municipality, id, code, device, device_code, simulated, state, started_at, ended_at,
      received_at, statements, segments, gaps, highest_sequence, stop_sequence, stop_reason, size_bytes, duration_ms,
      sealed_at, covered_at, manifest_sha256)
    select d.municipality, gen_random_uuid(), left(md5(n::text), 8), d.id, d.code, true, 'sealed', at, at + 1000000,
      at, ${perRecording}, ${perRecording}, 0, ${perRecording - 1}, ${perRecording - 1}, 'officer', ${perRecording},
      1000000, ${now}, ${now}, encode(sha256(n::text::bytea), 'hex')
    from generate_series(1, ${recordings}) as n cross join lateral (select ${now} - n * ${hourMs / 4}::bigint as at) as t
    cross join (select * from device order by code limit 1) as d;
    insert into capture_statement (municipality, recording, sequence, version, statement_sha256, kind, counter,
      captured_at, wall_clock_at, received_at, media_sha256, size_bytes, timescale, decode_time, duration_ticks,
      duration_ms, pre_event, audio, envelope, receipt)
    select municipality, id, s, 0, encode(sha256((id::text || s)::bytea), 'hex'), 'media', s, started_at + s * 2000,
      started_at, started_at, '', 1, 1000, 0, 2000, 2000, false, false, '', ''
    from recording cross join generate_series(0, ${perRecording - 1}) as s where sealed_at = ${now};
    create temporary table seal as select gen_random_uuid() as entry, r.* from recording r where sealed_at = ${now};
    insert into manifest (municipality, recording, number, sha256, envelope, entry, signed_at)
    select municipality, id, 0, manifest_sha256, '', entry, ${now} from seal;
    insert into leaf (id, municipality, coarse, bytes, hash)
    select entry, municipality, 'recording', sha256(entry::text::bytea), sha256(entry::text::bytea) from seal;
    insert into leaf_opening (leaf, municipality, kind, happened_at, fields)
    select entry, municipality, 'recording.sealed', ${now},
      jsonb_build_object('manifest', jsonb_build_array(manifest_sha256, '')) from seal;
    analyze recording; analyze capture_statement; analyze leaf_opening; analyze manifest;`)
}

/** One file for each object that the rows expect. */
async function files(sql: Sql, folder: string): Promise<void> {
  const made = new Set<string>()
  const rows = sql<{ home: string; name: string }[]>`
    select municipality || '/' || captured_at / 3600000 as home,
      recording || '-' || lpad(sequence::text, 10, '0') || '-' || left(statement_sha256, 32) as name
    from capture_statement where envelope = ''`.cursor(10_000)
  for await (const page of rows) {
    for (const { home, name } of page) {
      if (!made.has(home)) {
        mkdirSync(join(folder, home), { recursive: true })
        made.add(home)
      }
      const file = openSync(join(folder, home, name), 'w')
      writeSync(file, stored)
      closeSync(file)
    }
  }
}
