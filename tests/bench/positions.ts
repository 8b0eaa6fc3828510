import type { Fix } from '@sereno/contracts'
import type { Sql } from '../../apps/server/src/kernel/database.ts'
import { startProduct, temporaryData } from '../product.ts'
import { expectStatus, openConnection } from './connections.ts'
import { copyLine, copyRows, openOwner } from './database.ts'
import { type BenchDevice, desk, enrolDevices } from './devices.ts'
import { type Bench, compared, median, plain, quantile } from './figures.ts'

const devices = 200
const fixesPerRequest = 10
const rounds = 5
const requestsPerRound = 30

type Round = { readonly fixesPerSecond: number; readonly tookMs: readonly number[] }

/** Issue 2 §11 `positions`: durable fixes a second from 200 phones, beside a bare COPY of the same rows. */
export const bench: Bench = async (say) => {
  const data = await temporaryData()
  try {
    const product = await startProduct({ data: data.folder })
    const sql = await openOwner(data.folder)
    try {
      say(`enrolling ${devices} phones …`)
      const office = await desk(product.url, product.links.administrator)
      const phones = await enrolDevices(product.url, office, devices)
      const lines = phones.map(openConnection)
      const ours: Round[] = []
      const copied: number[] = []
      for (let round = 0; round <= rounds; round += 1) {
        const mine = await send(product.url, phones, lines, round)
        const bare = await copy(sql, phones, round)
        if (round > 0) {
          ours.push(mine)
          copied.push(bare)
          say(`round ${round}: ${mine.fixesPerSecond.toFixed(0)} fixes/s · bare COPY ${bare.toFixed(0)} rows/s`)
        }
      }
      for (const line of lines) {
        line.close()
      }
      return [
        compared(
          'throughput',
          median(ours.map((round) => round.fixesPerSecond)),
          'durable fixes/s',
          'bare COPY of the same rows, one transaction',
          median(copied),
        ),
        plain(
          'ack',
          quantile(
            ours.flatMap((round) => round.tookMs),
            0.99,
          ),
          'ms',
        ),
      ]
    } finally {
      await sql.end({ timeout: 2 })
      await product.interrupt()
    }
  } finally {
    await data.remove()
  }
}

async function send(
  url: string,
  phones: readonly BenchDevice[],
  lines: readonly ReturnType<typeof openConnection>[],
  round: number,
): Promise<Round> {
  const tookMs: number[] = []
  const startMs = roundStart(round)
  const startedAt = performance.now()
  await Promise.all(
    phones.map(async (phone, i) => {
      for (let request = 0; request < requestsPerRound; request += 1) {
        const body = { fixes: walk(i, startMs + request * fixesPerRequest * 1000) }
        const answer = await lines[i]!.send({
          method: 'POST',
          url: `${url}/api/device/positions`,
          headers: { 'content-type': 'application/json', authorization: `Device ${phone.token}` },
          body: [new TextEncoder().encode(JSON.stringify(body))],
        })
        expectStatus(answer, [200])
        tookMs.push(answer.tookMs)
        const { stored } = JSON.parse(answer.text) as { stored: number }
        if (stored !== fixesPerRequest) {
          throw new Error(`stored ${stored} of ${fixesPerRequest}: ${answer.text}`)
        }
      }
    }),
  )
  const fixes = phones.length * requestsPerRound * fixesPerRequest
  return { fixesPerSecond: fixes / ((performance.now() - startedAt) / 1000), tookMs }
}

/** The same rows by one COPY in one transaction, into a table of the same shape and indexes. */
async function copy(sql: Sql, phones: readonly BenchDevice[], round: number): Promise<number> {
  await sql.unsafe(
    'drop table if exists bench_position; create table bench_position (like unit_position including all)',
  )
  const startMs = roundStart(round)
  const lines = phones.flatMap((phone, i) =>
    Array.from({ length: requestsPerRound }, (_, request) =>
      walk(i, startMs + request * fixesPerRequest * 1000),
    ).flatMap((fixes) =>
      fixes.map(({ atMs, latitude, longitude }) =>
        copyLine({ municipality: phone.id, device: phone.id, atMs, latitude, longitude }),
      ),
    ),
  )
  const startedAt = performance.now()
  await copyRows(sql, 'bench_position', lines)
  return lines.length / ((performance.now() - startedAt) / 1000)
}

/** Six hours ago, to the second; each round goes on where the last one ended. */
function roundStart(round: number): number {
  return (Math.floor(Date.now() / 1000) - 6 * 3600 + round * requestsPerRound * fixesPerRequest) * 1000
}

/** Ten seconds on foot, one fix a second. */
function walk(phone: number, fromMs: number): Fix[] {
  return Array.from({ length: fixesPerRequest }, (_, i) => {
    const second = fromMs / 1000 + i
    return {
      atMs: fromMs + i * 1000,
      latitude: -12.14 + (phone % 20) * 0.001 + Math.sin(second / 600) * 0.002,
      longitude: -76.99 + Math.floor(phone / 20) * 0.001 + Math.cos(second / 600) * 0.002,
      accuracyM: 5 + (i % 4),
      headingDeg: (second * 3) % 360,
      speedMps: 1.3,
    }
  })
}
