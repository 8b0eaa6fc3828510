import { randomUUID } from 'node:crypto'
import type { Sql } from '../../apps/server/src/kernel/database.ts'
import { startProduct, temporaryData } from '../product.ts'
import { expectStatus, openConnection } from './connections.ts'
import { copyLine, copyRows, openOwner } from './database.ts'
import { type BenchDevice, desk, enrolDevices, randomMedia } from './devices.ts'
import { type Bench, compared, plain, quantile, timed } from './figures.ts'

const phones = 40
const days = 15
const positions = 5_000_000
const perPhone = positions / phones
/** Eight and a half hours a shift at one fix a second would be 30,600; the tracks are as dense as that. */
const perDay = Math.floor(perPhone / days)
const recordingsPerDay = 6
const centres = 1_000
const warmUp = 100
const radiusM = 250
const dayMs = 86_400_000
/** The outline of the demonstration municipality, near enough. */
const box = { south: -12.17, north: -12.1, west: -77.01, east: -76.96 }

/**
 * Issue 2 §11 `find`: recordings within 250 m of a centre and 24 hours, through the API, over five million positions.
 * Positions are seeded by COPY (walking them would take two months); each phone has recorded six times a day.
 */
export const bench: Bench = async (say) => {
  const data = await temporaryData()
  try {
    const product = await startProduct({ data: data.folder })
    const sql = await openOwner(data.folder)
    try {
      const office = await desk(product.url, product.links.administrator)
      const reader = await desk(product.url, product.links.supervisor)
      const devices = await enrolDevices(product.url, office, phones)
      const lastDay = Math.floor(Date.now() / dayMs) - 1
      say(`seeding ${positions} positions …`)
      await seedPositions(sql, devices, lastDay)
      say('seeding recordings …')
      await seedRecordings(product.url, sql, devices, lastDay)
      await sql`analyze`
      const random = randomOf(7)
      const took: number[] = []
      let found = 0
      for (let i = 0; i < centres + warmUp; i += 1) {
        const day = lastDay - Math.floor(random() * days)
        const query = {
          longitude: box.west + random() * (box.east - box.west),
          latitude: box.south + random() * (box.north - box.south),
          radiusM,
          fromMs: day * dayMs,
          toMs: (day + 1) * dayMs,
        }
        const startedAt = performance.now()
        const { total } = await reader.api.call('GET /recordings', { query })
        if (i >= warmUp) {
          took.push(performance.now() - startedAt)
          found += total
        }
      }
      say(`${(found / centres).toFixed(1)} recordings found on average`)
      if (found === 0) {
        throw new Error('nothing was found: the seeded tracks are not where the centres are')
      }
      const nothing = await timed(warmUp, () => reader.api.call('GET /recordings', { query: { toMs: 1 } }))
      return [
        compared('p95', quantile(took, 0.95), 'ms', 'the same operation, nothing to find', quantile(nothing, 0.95)),
        plain('p50', quantile(took, 0.5), 'ms'),
        plain('found', found / centres, 'recordings a search'),
      ]
    } finally {
      await sql.end({ timeout: 2 })
      await product.interrupt()
    }
  } finally {
    await data.remove()
  }
}

async function seedPositions(sql: Sql, devices: readonly BenchDevice[], lastDay: number): Promise<void> {
  const municipality = await municipalityOf(sql)
  for (let back = 0; back < days; back += 1) {
    const day = lastDay - back
    await sql`select ensure_position_day(${day * dayMs}::bigint)`
    await copyRows(sql, 'unit_position', walks(devices, municipality, day))
  }
}

/** Each phone walks a quarter of its own; one second a step, at about 1.3 m. */
function* walks(devices: readonly BenchDevice[], municipality: string, day: number): Iterable<string> {
  for (const [i, device] of devices.entries()) {
    const random = randomOf(day * 1000 + i)
    let latitude = box.south + random() * (box.north - box.south)
    let longitude = box.west + random() * (box.east - box.west)
    let heading = random() * 2 * Math.PI
    for (let step = 0; step < perDay; step += 1) {
      heading += (random() - 0.5) * 0.3
      latitude = Math.min(box.north, Math.max(box.south, latitude + Math.cos(heading) * 1.2e-5))
      longitude = Math.min(box.east, Math.max(box.west, longitude + Math.sin(heading) * 1.2e-5))
      const atMs = day * dayMs + 8 * 3_600_000 + step * 1000
      yield copyLine({ municipality, device: device.id, atMs, latitude, longitude })
    }
  }
}

/** One recording of each phone arrives as a phone sends it; the others are its row again, at other times. */
async function seedRecordings(url: string, sql: Sql, devices: readonly BenchDevice[], lastDay: number): Promise<void> {
  const media = await randomMedia(64 * 1024, 1)
  const line = openConnection()
  for (const device of devices) {
    const recording = randomUUID()
    const upload = await device.nextUpload(recording, media[0]!)
    const answer = await line.send({
      method: 'PUT',
      url: `${url}${upload.path}`,
      headers: { 'content-type': 'application/octet-stream' },
      body: [upload.head, upload.media],
    })
    expectStatus(answer, [200, 201])
    await copyRecording(sql, recording, lastDay)
  }
  line.close()
}

/** Its row again for every turn of every day: ten minutes each, all within the hours of the seeded walks. */
async function copyRecording(sql: Sql, from: string, lastDay: number): Promise<void> {
  const [columns] = await sql<{ names: string }[]>`select string_agg(quote_ident(column_name), ', ') as names
    from information_schema.columns
    where table_name = 'recording' and column_name not in ('id', 'code', 'started_at', 'ended_at')`
  const names = columns?.names ?? ''
  const firstStart = (lastDay - days + 1) * dayMs + 8 * 3_600_000
  await sql.unsafe(
    `insert into recording (id, code, started_at, ended_at, ${names})
     select gen_random_uuid(), left(md5(random()::text), 8), at, at + 600000, ${names}
     from recording, (select ${firstStart} + d * ${dayMs}::bigint + t * 1400000 as at
       from generate_series(0, ${days - 1}) d, generate_series(0, ${recordingsPerDay - 1}) t) as turns
     where id = '${from}'`,
  )
}

async function municipalityOf(sql: Sql): Promise<string> {
  const [row] = await sql<{ municipality: string }[]>`select municipality from device limit 1`
  if (row === undefined) {
    throw new Error('no device, no municipality')
  }
  return row.municipality
}

/** mulberry32: the same centres and walks every time. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
