import { categories } from '@sereno/contracts'
import type { Sql } from '../../apps/server/src/kernel/database.ts'
import type { Desk } from '../../apps/simulator/src/office.ts'
import { startProduct, temporaryData } from '../product.ts'
import { openOwner } from './database.ts'
import { desk } from './devices.ts'
import { type Bench, compared, type Figure, plain, quantile, timed } from './figures.ts'

/** Fewer to try it: `SERENO_BENCH_RECORDINGS=20000`. */
const recordings = Number(process.env.SERENO_BENCH_RECORDINGS ?? 1_000_000)
const days = 365
const searchesOfKind = 150
const warmUp = 25
const dayMs = 86_400_000
/** Said all the time: the first ones in every tenth note and more often. */
const common =
  'mercado parque robo celular discusión ambulancia perro choque ruido incendio vecino moto taxi pelea menor caída'
const commonWords = common.split(' ')
/** Said now and then, and names that are written once in a few recordings. */
const middling = 3_000
const rare = 200_000

type Kind = {
  readonly name: string
  /** Which of a note's words is asked for. */
  readonly word: 1 | 2 | 3
  /** Days before and after the recording that is looked for; a year: all of it. */
  readonly aroundDays: number
}
const kinds: readonly Kind[] = [
  { name: 'usual', word: 2, aroundDays: 15 },
  { name: 'commonWordOneDay', word: 1, aroundDays: 0.5 },
  { name: 'rareWordWholeYear', word: 3, aroundDays: days },
  { name: 'commonWordWholeYear', word: 1, aroundDays: days },
]

type Seeded = {
  readonly officer: string
  readonly quadrant: string
  readonly category: (typeof categories)[number]
  readonly at: number
  readonly note: string
}

/**
 * Issue 3 §9 `search`: officer + time + place + category + free text among a million recordings, through the API. Places
 * are quadrants: tracks near a point are bench `find`'s. Rows are seeded by SQL, spread at random over a year, the
 * municipality's officers and quadrants; every question has an answer somewhere in them. Four kinds of questions in turn,
 * a quarter each: `p95` is that of all together, each kind's own is printed beside it.
 */
export const bench: Bench = async (say) => {
  const data = await temporaryData()
  try {
    const product = await startProduct({ data: data.folder })
    const sql = await openOwner(data.folder)
    try {
      const reader = await desk(product.url, product.links.supervisor)
      const lastDay = Math.floor(Date.now() / dayMs) - 1
      say(`seeding ${recordings} recordings …`)
      await seed(sql, lastDay)
      return await ask(sql, reader, say)
    } finally {
      await sql.end({ timeout: 2 })
      await product.interrupt()
    }
  } finally {
    await data.remove()
  }
}

async function ask(sql: Sql, reader: Desk, say: (line: string) => void): Promise<readonly Figure[]> {
  const wanted = (searchesOfKind + warmUp) * kinds.length
  const looked = await sql<Seeded[]>`
    select officer, quadrant, category, started_at::float8 as at, note
    from recording where officer is not null order by md5(id::text) limit ${wanted}`
  const took = new Map(kinds.map(({ name }) => [name, [] as number[]]))
  let found = 0
  for (const [i, { officer, quadrant, category, at, note }] of looked.entries()) {
    const { name, word, aroundDays } = kinds[i % kinds.length] as Kind
    const text = note.split(' ')[word] ?? ''
    const query = { officer, quadrant, category, text, fromMs: at - aroundDays * dayMs, toMs: at + aroundDays * dayMs }
    const startedAt = performance.now()
    const { total } = await reader.api.call('GET /recordings', { query })
    const tookMs = performance.now() - startedAt
    if (total === 0) {
      throw new Error(`a ${name} question whose answer was seeded found nothing: ${JSON.stringify(query)}`)
    }
    if (i >= warmUp * kinds.length) {
      took.get(name)?.push(tookMs)
      found += total
    }
  }
  for (const [name, times] of took) {
    say(`${name}: p50 ${quantile(times, 0.5).toFixed(1)} ms, p95 ${quantile(times, 0.95).toFixed(1)} ms`)
  }
  const all = [...took.values()].flat()
  const nothing = await timed(searchesOfKind, () => reader.api.call('GET /recordings', { query: { toMs: 1 } }))
  return [
    compared('p95', quantile(all, 0.95), 'ms', 'the same operation, nothing to find', quantile(nothing, 0.95)),
    plain('p50', quantile(all, 0.5), 'ms'),
    ...[...took].map(([name, times]) => plain(`${name}P95`, quantile(times, 0.95), 'ms')),
    plain('found', found / all.length, 'recordings a search'),
  ]
}

/** The indexes are made after the rows, as PostgreSQL advises for loads: a tenth of the time. */
async function seed(sql: Sql, lastDay: number): Promise<void> {
  const first = (lastDay - days) * dayMs
  const indexes = await sql<{ name: string; made: string }[]>`
    select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as made
    from pg_index where indrelid = 'recording'::regclass and not indisunique`
  for (const { name } of indexes) {
    await sql.unsafe(`drop index ${name}`)
  }
  const tail = (many: number): string =>
    `substr(translate(md5(floor(random() * ${many})::text), '0123456789', 'ghijklmnop'), 1, 8)`
  await sql.unsafe(`
    select setseed(0.5);
    insert into recording (municipality, id, code, device, device_code, simulated, officer, officer_code,
      officer_name, quadrant, quadrant_code, state, started_at, ended_at, received_at, statements, segments, gaps,
      highest_sequence, stop_sequence, stop_reason, size_bytes, duration_ms, category, note, sealed_at, covered_at)
    select o.municipality, gen_random_uuid(), left(md5(n::text), 8), d.id, d.code, true, o.id, o.code, o.name, q.id, q.code,
      'sealed', at, at + 600000, at + 601000, 301, 300, 0, 300, 300, 'officer', 150000000, 600000,
      (array['${categories.join("','")}'])[1 + floor(random() * ${categories.length})],
      'caso ' || (array['${commonWords.join("','")}'])[1 + floor(power(random(), 2) * ${commonWords.length})]
        || ' ' || ${tail(middling)} || ' ' || ${tail(rare)} || ' esquina ' || n % 997,
      at + 700000, at + 700000
    from (select n, ${first}::bigint + floor(random() * ${days * dayMs}::float8)::bigint as at,
        floor(random() * 1e6)::int as one, floor(random() * 1e6)::int as two, floor(random() * 1e6)::int as three
      from generate_series(1, ${recordings}) as n order by at) as t
    join (select *, row_number() over (order by id) - 1 as k, count(*) over () as many from officer) as o
      on o.k = one % o.many
    join (select *, row_number() over (order by id) - 1 as k, count(*) over () as many from device) as d
      on d.k = two % d.many
    join (select *, row_number() over (order by id) - 1 as k, count(*) over () as many
      from area where kind = 'quadrant') as q
      on q.k = three % q.many`)
  await sql`set maintenance_work_mem = '256MB'`
  for (const { made } of indexes) {
    await sql.unsafe(made)
  }
  await sql`vacuum analyze recording`
}
