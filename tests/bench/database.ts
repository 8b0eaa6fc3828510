import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { latLngToCell } from 'h3-js'
import { connect, type Sql } from '../../apps/server/src/kernel/database.ts'

/** The product's own PostgreSQL, entered as its owner, for references and for seeding what would take hours to walk. */
export async function openOwner(dataFolder: string): Promise<Sql> {
  // PostgreSQL writes its socket folder as the fifth line of its lock file.
  const lines = (await readFile(join(dataFolder, 'postgres/postmaster.pid'), 'utf8')).split('\n')
  return connect({ socketFolder: lines[4] ?? '', database: 'sereno', user: 'sereno', maxConnections: 2 })
}

export type PositionRow = {
  readonly municipality: string
  readonly device: string
  readonly atMs: number
  readonly latitude: number
  readonly longitude: number
}

/** One line of COPY's text format for the table of positions; the cell is the one that tracks uses (resolution 10). */
export function copyLine({ municipality, device, atMs, latitude, longitude }: PositionRow): string {
  const cell = BigInt.asIntN(64, BigInt(`0x${latLngToCell(latitude, longitude, 10)}`))
  return `${municipality}\t${device}\t${atMs}\t${latitude}\t${longitude}\t5\t\\N\t1.3\t${cell}\tf\t${atMs}\n`
}

const columns =
  'municipality, device, at, latitude, longitude, accuracy_m, heading_deg, speed_mps, cell, implausible, received_at'

/** COPYs rows into a table shaped like the one of positions; durable when it resolves. */
export async function copyRows(sql: Sql, table: string, lines: Iterable<string>): Promise<void> {
  const writable = await sql.unsafe(`copy ${table} (${columns}) from stdin`).writable()
  await pipeline(Readable.from(inPieces(lines)), writable)
}

/** Thousands of rows a piece: a write for each would measure streams. */
function* inPieces(lines: Iterable<string>): Iterable<Uint8Array> {
  let piece = ''
  for (const line of lines) {
    piece += line
    if (piece.length > 256 * 1024) {
      yield new TextEncoder().encode(piece)
      piece = ''
    }
  }
  yield new TextEncoder().encode(piece)
}
