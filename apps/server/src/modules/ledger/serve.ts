import { encodeEntryBundle, parseTilePath, type Tile, tileWidth, tileWidthAt } from '@sereno/proof'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Db } from '../../kernel/database.ts'
import type { PublicFile } from '../../kernel/http.ts'
import { readHashTile } from './frontier.ts'
import { type Log, leavesBetween, newestStored, type StoredCheckpoint } from './store.ts'

const forEver = 'public, max-age=31536000, immutable'

/**
 * The public log (C2SP tlog-tiles): `/log/checkpoint`, `/log/tile/<level>/<index>[.p/<width>]`, `/log/tile/entries/…`.
 * Only what a published checkpoint covers is served, so a tile once served never changes.
 */
export function logFiles(db: Db, homeLog: () => Log | null): readonly PublicFile[] {
  async function newestOf(log: Log | null): Promise<StoredCheckpoint | null> {
    return log === null ? null : newestStored(db, log.municipality)
  }

  async function checkpoint(_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const newest = await newestOf(homeLog())
    open(reply)
    return newest === null
      ? notThere(reply)
      : reply.type('text/plain; charset=utf-8').header('cache-control', 'no-cache').send(newest.note)
  }

  async function tileFile(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const log = homeLog()
    const newest = await newestOf(log)
    const tile = parseTilePath(new URL(request.url, 'http://log').pathname.slice('/log/'.length))
    open(reply)
    if (log === null || tile === null || newest === null || !isPublished(tile, newest.size)) {
      return notThere(reply)
    }
    const bytes =
      tile.level === 'entries' ? await readEntries(db, log, tile) : await readHashTile(db, log.municipality, tile)
    return reply.type('application/octet-stream').header('cache-control', forEver).send(bytes)
  }

  return [
    { url: '/log/checkpoint', handle: checkpoint },
    { url: '/log/tile/*', handle: tileFile },
  ]
}

function isPublished(tile: Tile, size: number): boolean {
  const width = tileWidthAt(tile.level === 'entries' ? 0 : tile.level, tile.index, size)
  return tile.width <= width
}

async function readEntries(db: Db, log: Log, tile: Tile): Promise<Uint8Array> {
  const leaves = await leavesBetween(db, log.municipality, tile.index * tileWidth, tile.width)
  return encodeEntryBundle(leaves.map(({ bytes }) => bytes))
}

/** Witnesses and verifiers in browsers read it from other origins. */
function open(reply: FastifyReply): void {
  reply.header('access-control-allow-origin', '*').header('x-content-type-options', 'nosniff')
}

function notThere(reply: FastifyReply): FastifyReply {
  return reply.code(404).header('cache-control', 'no-store').type('text/plain; charset=utf-8').send('not published\n')
}
