import { mkdir } from 'node:fs/promises'
import { composeApp, migrations } from '../../apps/server/src/app.ts'
import { makeConfig, openInstallation } from '../../apps/server/src/config.ts'
import { seedDemonstration } from '../../apps/server/src/demonstration.ts'
import { systemActor } from '../../apps/server/src/kernel/actor.ts'
import type { Database } from '../../apps/server/src/kernel/database.ts'
import { silentLog } from '../../apps/server/src/kernel/log.ts'
import { type OpenKernel, openKernel } from '../../apps/server/src/kernel/open-kernel.ts'
import { startTimers } from '../../apps/server/src/kernel/timers.ts'
import type { Ledger } from '../../apps/server/src/modules/ledger/index.ts'
import { temporaryData } from '../product.ts'
import { openOwner } from './database.ts'
import { compared, type Figure, median, plain } from './figures.ts'

const callers = 128
const rounds = 5
const roundMs = 2_000
const givenUpMs = 30_000

/**
 * `appends`: entries a second, each of a caller of its own that waits until its entry is durable, while the log gives them
 * their places and publishes as it does in service. Beside it as many callers who insert the row of a number into a table
 * without index or key, a transaction each: what this disk and this PostgreSQL commit at most without a group.
 * `appendsWithin`: an entry in the transaction of an action, one each.
 */
export async function measureAppends(say: (line: string) => void): Promise<readonly Figure[]> {
  const data = await temporaryData()
  await mkdir(data.folder, { recursive: true })
  const installation = openInstallation(data.folder, { empty: false, nowMs: Date.now() })
  const settings = { dataFolder: data.folder, lan: false, tls: null, origin: null, mapStyle: null, mapPmtiles: null }
  const config = makeConfig(settings, installation, () => 'http://localhost')
  const opened = await openKernel({ config, s3: null, log: silentLog, migrations, say })
  try {
    return await append(opened, data.folder, say)
  } finally {
    await opened.close()
    await data.remove()
  }
}

async function append(
  { kernel }: OpenKernel,
  dataFolder: string,
  say: (line: string) => void,
): Promise<readonly Figure[]> {
  const owner = await openOwner(dataFolder)
  await owner`create table bench_row (n bigint)`
  await owner`grant insert on bench_row to public`
  await owner.end()
  const app = composeApp(kernel)
  await app.start()
  await seedDemonstration(app)
  const municipality = app.identity.municipality()?.id ?? ''
  const entry = () => ({
    municipality,
    kind: 'recording.viewed',
    coarse: 'access' as const,
    subjects: [`recording:${crypto.randomUUID()}`, `person:${municipality}`],
    actor: systemActor(municipality),
    purpose: 'audit',
    policy: 'bench',
    fields: { look: crypto.randomUUID() },
  })
  const timers = startTimers(app.ledger.timers, silentLog)
  try {
    const [recorded, rows, lags]: [number[], number[], number[]] = [[], [], []]
    for (let round = 0; round <= rounds; round += 1) {
      const ours = await rate(() => app.ledger.record(entry()))
      const lagMs = await untilSequenced(app.ledger)
      const bare = await rate(() => insertRow(kernel.database))
      say(`round ${round}: ${ours.toFixed(0)} entries/s · ${bare.toFixed(0)} bare rows/s`)
      if (round > 0) {
        recorded.push(ours)
        rows.push(bare)
        lags.push(lagMs)
      }
    }
    const within = await rate(() => kernel.database.transaction((tx) => app.ledger.append(tx, entry())))
    return [
      compared(
        'appends',
        median(recorded),
        'durable entries/s',
        'bare rows without index by as many callers, a transaction each',
        median(rows),
      ),
      plain('sequenced', Math.max(...lags), 'ms until the last of a round had its place'),
      plain('appendsWithin', within, 'durable entries/s, each in the transaction of its action'),
    ]
  } finally {
    await timers.stop()
    await app.stop()
  }
}

async function insertRow(database: Database): Promise<void> {
  await database.sql`insert into bench_row values (1)`
}

/** Calls a second of so many callers, each one call after the other. */
async function rate(call: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  let count = 0
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() < startedAt + roundMs) {
        await call()
        count += 1
      }
    }),
  )
  return (count / (performance.now() - startedAt)) * 1000
}

/** Design §4: an entry has its place within a second. A rate that the tree cannot follow would not be one. */
async function untilSequenced(ledger: Pick<Ledger, 'status'>): Promise<number> {
  for (const startedAt = performance.now(); ; ) {
    const { size, committed } = await ledger.status()
    const tookMs = performance.now() - startedAt
    if (size === committed) {
      return tookMs
    }
    if (tookMs > givenUpMs) {
      throw new Error(`after ${givenUpMs / 1000} s ${committed - size} entries had no place`)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
