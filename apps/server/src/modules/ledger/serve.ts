import { encodeEntryBundle, parseTilePath, type Tile, tileWidth, tileWidthAt, toBase64 } from '@sereno/proof'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Db } from '../../kernel/database.ts'
import type { PublicFile } from '../../kernel/http.ts'
import { readBody } from '../../kernel/http-body.ts'
import { beginningOf, continuationOf } from './continuation.ts'
import { readHashTile } from './frontier.ts'
import type { Publisher } from './publish.ts'
import { noteOfDay, stampsOf } from './stamp-store.ts'
import { type Log, newestStored, type StoredCheckpoint } from './store.ts'
import { leavesBetween } from './store-tree.ts'

const forEver = 'public, max-age=31536000, immutable'
const cosignaturesLimit = { limitBytes: 65_536, timeoutMs: 10_000 }

type LogFilesDeps = {
  readonly db: Db
  /** The log that grows. */
  readonly homeLog: () => Log | null
  /** One that this one continues, by its origin. */
  readonly olderLog: (origin: string) => Log | null
  readonly publisher: Publisher
  /** What anybody may know of publication, witnesses and time stamps. */
  readonly status: () => Promise<unknown>
}

/**
 * The public log (C2SP tlog-tiles): `/log/checkpoint`, `/log/tile/<level>/<index>[.p/<width>]`, `/log/tile/entries/…`.
 * Only what a published checkpoint covers is served, so a tile once served never changes. A log that another one
 * continues stays under `/log/of/<origin>/…`, and `/log/of/<origin>/continuation.json` is its last entry, which names the
 * new one; `/log/of/<new origin>/beginning.json` is that one's first entry, which commits to where the old one ended.
 *
 * For witnesses behind a firewall: `/log/pending?old=<size>` is the request they would have been sent, and what they
 * answer is handed in at `/log/cosignatures`. `/log/stamps/<day>` is a day's checkpoint with its time stamps. `/log/status.json` says what is published, what waits, and for whom.
 */
export function logFiles(deps: LogFilesDeps): readonly PublicFile[] {
  const { db, publisher } = deps

  async function checkpoint(log: Log | null, reply: FastifyReply): Promise<FastifyReply> {
    const newest = log === null ? null : await newestStored(db, log)
    open(reply)
    return newest === null ? notThere(reply) : text(reply, newest.note)
  }

  async function tile(log: Log | null, wanted: string, reply: FastifyReply): Promise<FastifyReply> {
    const newest: StoredCheckpoint | null = log === null ? null : await newestStored(db, log)
    const named = parseTilePath(wanted)
    open(reply)
    if (log === null || named === null || newest === null || !isPublished(named, newest.size)) {
      return notThere(reply)
    }
    const bytes = named.level === 'entries' ? await readEntries(db, log, named) : await readHashTile(db, log, named)
    return reply.type('application/octet-stream').header('cache-control', forEver).send(bytes)
  }

  async function pending(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { old } = request.query as { readonly old?: unknown }
    const log = deps.homeLog()
    const oldSize = typeof old === 'string' && /^(?:0|[1-9]\d{0,14})$/.test(old) ? Number(old) : 0
    const body = log === null ? null : await publisher.requestFor(log, oldSize)
    open(reply)
    return body === null ? notThere(reply) : text(reply, body)
  }

  async function cosignatures(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const lines = Buffer.from(await readBody(request.raw, cosignaturesLimit)).toString('utf8')
    const log = deps.homeLog()
    const taken = log === null ? 0 : await publisher.receive(log, lines)
    open(reply)
    return taken > 0 ? text(reply, `${taken}\n`) : text(reply.code(422), 'no cosignature of a witness of this log\n')
  }

  async function opened(
    request: FastifyRequest,
    reply: FastifyReply,
    entryOf: typeof continuationOf,
  ): Promise<FastifyReply> {
    const { origin } = request.params as { readonly origin: string }
    const log = deps.olderLog(origin)
    const json = log === null ? null : await entryOf(db, log)
    open(reply)
    return json === null ? notThere(reply) : reply.type('application/json; charset=utf-8').send(json)
  }

  async function stamps(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { day } = request.params as { readonly day: string }
    const { municipality } = deps.homeLog() ?? { municipality: null }
    const isDay = /^\d{4}-\d\d-\d\d$/.test(day) && Number.isFinite(Date.parse(day))
    const note = municipality === null || !isDay ? null : await noteOfDay(db, municipality, day)
    open(reply)
    if (municipality === null || note === null) {
      return notThere(reply)
    }
    const held = await stampsOf(db, municipality, { kind: 'checkpoint', subject: day })
    return reply.send({ note, stamps: held.map(({ authority, token }) => ({ authority, token: toBase64(token) })) })
  }

  return [
    { url: '/log/checkpoint', handle: (_request, reply) => checkpoint(deps.homeLog(), reply) },
    {
      url: '/log/tile/*',
      handle: (request, reply) => tile(deps.homeLog(), pathAfter(request, '/log/'), reply),
    },
    {
      url: '/log/of/:origin/*',
      handle: (request, reply) => {
        const { origin } = request.params as { readonly origin: string }
        const log = deps.olderLog(origin)
        const wanted = pathAfter(request, `/log/of/${origin}/`)
        return wanted === 'checkpoint' ? checkpoint(log, reply) : tile(log, wanted, reply)
      },
    },
    {
      url: '/log/of/:origin/continuation.json',
      // The log that grows ends, right after it began, with its predecessor's closing entry: that one is not its own.
      handle: (request, reply) =>
        opened(request, reply, async (from, log) =>
          log.origin === deps.homeLog()?.origin ? null : continuationOf(from, log),
        ),
    },
    { url: '/log/of/:origin/beginning.json', handle: (request, reply) => opened(request, reply, beginningOf) },
    { url: '/log/pending', handle: pending },
    {
      url: '/log/status.json',
      handle: async (_request, reply) => {
        open(reply)
        return reply.header('cache-control', 'no-cache').send(await deps.status())
      },
    },
    { url: '/log/stamps/:day', handle: stamps },
    { method: 'POST', url: '/log/cosignatures', handle: cosignatures },
  ]
}

function pathAfter(request: FastifyRequest, prefix: string): string {
  return new URL(request.url, 'http://log').pathname.slice(prefix.length)
}

function isPublished(tile: Tile, size: number): boolean {
  const width = tileWidthAt(tile.level === 'entries' ? 0 : tile.level, tile.index, size)
  return tile.width <= width
}

async function readEntries(db: Db, log: Log, tile: Tile): Promise<Uint8Array> {
  const leaves = await leavesBetween(db, log, tile.index * tileWidth, tile.width)
  return encodeEntryBundle(leaves.map(({ bytes }) => bytes))
}

function text(reply: FastifyReply, body: string): FastifyReply {
  return reply.type('text/plain; charset=utf-8').header('cache-control', 'no-cache').send(body)
}

/** Witnesses and verifiers in browsers read it from other origins. */
function open(reply: FastifyReply): void {
  reply.header('access-control-allow-origin', '*').header('x-content-type-options', 'nosniff')
}

function notThere(reply: FastifyReply): FastifyReply {
  return reply.code(404).header('cache-control', 'no-store').type('text/plain; charset=utf-8').send('not published\n')
}
