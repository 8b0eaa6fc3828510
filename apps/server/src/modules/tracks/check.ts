import { cellOf } from '@sereno/geo'
import { sql } from 'kysely'
import type { Checker } from '../../kernel/checker.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Db } from '../../kernel/database.ts'
import { daysToPrepare } from './tracks.ts'

const newestExamined = 5_000

/** The newest positions lie in their cells, today's partition is there, and no day's positions lie outside its own. */
export function checkTracks(db: Db, clock: Clock): Checker {
  return {
    name: 'tracks',
    async run(report) {
      const newest = await sql<{ device: string; at: number; latitude: number; longitude: number; cell: string }>`
        select device, at, latitude, longitude, cell::text as cell from unit_position
        where at between ${clock.nowMs() - 86_400_000}::bigint and ${clock.nowMs()}::bigint
        order by at desc limit ${newestExamined}`.execute(db)
      for (const { device, at, latitude, longitude, cell } of newest.rows) {
        if (cellOf({ latitude, longitude }).toString() !== cell) {
          report({ code: 'tracks.wrong-cell', detail: `${device} at ${at}` })
        }
      }
      const days = await sql<{ day: string }>`select c.relname as day from pg_inherits i
        join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
        where p.relname = 'unit_position'`.execute(db)
      const there = new Set(days.rows.map(({ day }) => day))
      for (const day of daysToPrepare(clock.nowMs()).slice(0, 1)) {
        const name = partitionOf(day)
        if (!there.has(name)) {
          report({ code: 'tracks.partition-missing', detail: name })
        }
      }
      const stray = await sql<{ day: number; positions: number }>`
        select at / 86400000 * 86400000 as day, count(*) as positions from unit_position_default group by 1`.execute(db)
      for (const { day, positions } of stray.rows) {
        if (there.has(partitionOf(day))) {
          report({ code: 'tracks.outside-partition', detail: `${positions} of ${partitionOf(day)}` })
        }
      }
      return { examined: newest.rows.length }
    },
  }
}

function partitionOf(day: number): string {
  return `unit_position_${new Date(day).toISOString().slice(0, 10).replaceAll('-', '')}`
}
