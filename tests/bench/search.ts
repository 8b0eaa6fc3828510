import { categories } from '@sereno/contracts'
import type { Sql } from '../../apps/server/src/kernel/database.ts'
import { startProduct, temporaryData } from '../product.ts'
import { openOwner } from './database.ts'
import { desk } from './devices.ts'
import { type Bench, plain, quantile } from './figures.ts'

const recordings = 1_000_000
const days = 365
const searches = 300
const warmUp = 30
const dayMs = 86_400_000
const words = [
  'mercado',
  'parque',
  'robo',
  'celular',
  'discusión',
  'ambulancia',
  'perro',
  'choque',
  'ruido',
  'incendio',
]

/**
 * Issue 3 §9 `search`: officer + time + place + category + free text among a million recordings, through the API. Places are
 * quadrants: tracks near a point are bench `find`'s. Rows are seeded by SQL, spread over a year, forty officers and the
 * municipality's quadrants; every question has an answer somewhere in them.
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
      const asked = await sql<{ officer: string; quadrant: string; category: string; at: number; word: string }[]>`
        select officer, quadrant, category, started_at::float8 as at, split_part(note, ' ', 2) as word
        from recording tablesample bernoulli (0.2) where officer is not null order by md5(id::text) limit ${searches + warmUp}`
      const took: number[] = []
      let found = 0
      for (const [i, { officer, quadrant, category, at, word }] of asked.entries()) {
        const query = { officer, quadrant, category, text: word, fromMs: at - 15 * dayMs, toMs: at + 15 * dayMs }
        const startedAt = performance.now()
        const { total } = await reader.api.call('GET /recordings', { query: query as never })
        if (i >= warmUp) {
          took.push(performance.now() - startedAt)
          found += total
        }
      }
      if (found < took.length) {
        throw new Error('a question whose answer was seeded found nothing')
      }
      return [
        plain('p95', quantile(took, 0.95), 'ms'),
        plain('p50', quantile(took, 0.5), 'ms'),
        plain('found', found / took.length, 'recordings a search'),
      ]
    } finally {
      await sql.end({ timeout: 2 })
      await product.interrupt()
    }
  } finally {
    await data.remove()
  }
}

async function seed(sql: Sql, lastDay: number): Promise<void> {
  const first = (lastDay - days) * dayMs
  await sql.unsafe(`insert into recording (municipality, id, code, device, device_code, simulated, officer, officer_code,
      officer_name, quadrant, quadrant_code, state, started_at, ended_at, received_at, statements, segments, gaps,
      highest_sequence, stop_sequence, stop_reason, size_bytes, duration_ms, category, note, sealed_at, covered_at)
    select o.municipality, gen_random_uuid(), left(md5(n::text), 8), d.id, d.code, true, o.id, o.code, o.name, q.id, q.code,
      'sealed', at, at + 600000, at + 601000, 301, 300, 0, 300, 300, 'officer', 150000000, 600000,
      (array['${categories.join("','")}'])[1 + n % ${categories.length}],
      'caso ' || (array['${words.join("','")}'])[1 + (n / 7) % ${words.length}] || ' esquina ' || n % 997,
      at + 700000, at + 700000
    from generate_series(1, ${recordings}) as n
    cross join lateral (select ${first}::bigint + (n::bigint * 31536) % ${days * dayMs}::bigint as at) as t
    join (select *, row_number() over (order by id) - 1 as k, count(*) over () as many from officer) as o on o.k = n % o.many
    join (select *, row_number() over (order by id) - 1 as k, count(*) over () as many from device) as d on d.k = n % d.many
    join (select *, row_number() over (order by id) - 1 as k, count(*) over () as many
      from area where kind = 'quadrant') as q
      on q.k = (n / 11) % q.many`)
  await sql`analyze recording`
}
