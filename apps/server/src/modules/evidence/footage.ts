/** Sends footage through an open look, decrypted while it is sent. The bytes are the camera's own (I-2). */
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { Scope } from '../../kernel/actor.ts'
import { BlobMissing } from '../../kernel/blobs.ts'
import { Refusal, Unavailable } from '../../kernel/errors.ts'
import type { EvidenceDeps } from './deps.ts'
import { playlistBoxesOf } from './detail.ts'
import { initKey } from './evidence.ts'
import type { Looks } from './look.ts'
import { renderPlaylist } from './playlist.ts'
import { firstMedia, mediaKeyOf, statementLines } from './store.ts'
import type { RecordingRow } from './tables.ts'

export type Footage = {
  readonly playlist: (scope: Scope, look: string, reply: FastifyReply) => Promise<void>
  readonly init: (scope: Scope, look: string, reply: FastifyReply) => Promise<void>
  readonly segment: (scope: Scope, look: string, sequence: number, reply: FastifyReply) => Promise<void>
}

export function createFootage(deps: EvidenceDeps, looks: Looks): Footage {
  const db = deps.database.db

  const playlists = new Map<string, Promise<string>>()

  /** Two hours are 3,600 rows: who asks while they are being read for somebody else gets the same answer. */
  function playlistOf(scope: Scope, row: RecordingRow): Promise<string> {
    const underWay = playlists.get(row.id)
    if (underWay !== undefined) {
      return underWay
    }
    const rendered = statementLines(db, scope, row.id)
      .then((lines) => renderPlaylist(playlistBoxesOf(row, lines)))
      .finally(() => playlists.delete(row.id))
    playlists.set(row.id, rendered)
    return rendered
  }

  /** `missing`: what is thrown where no such object is stored. */
  async function send(
    reply: FastifyReply,
    recording: string,
    stored: { readonly key: string; readonly sizeBytes: number | null; readonly missing: () => Error },
  ): Promise<void> {
    // Asked for each time: a key destroyed a moment ago opens nothing.
    const dataKey = await deps.signer.dataKey(recording)
    if (dataKey === null) {
      throw new Refusal('recording.destroyed')
    }
    const pieces = deps.blobs.read(stored.key, dataKey)[Symbol.asyncIterator]()
    // Before anything is said: what is not there, or not what was stored, is refused and not cut off.
    const first = await pieces.next().catch((problem: unknown) => {
      throw problem instanceof BlobMissing ? stored.missing() : problem
    })
    const begin = first.done === true ? new Uint8Array() : first.value
    const second = first.done === true ? first : await pieces.next()
    const isWhole = second.done === true
    const sizeBytes = isWhole ? begin.length : stored.sizeBytes
    reply.header('cache-control', 'no-store').type('video/mp4')
    if (sizeBytes !== null) {
      reply.header('content-length', sizeBytes)
    }
    // `reply.send` of a stream resolves when it is sent; what fails midway ends the connection.
    await reply.send(isWhole ? begin : Readable.from(follow([begin, second.value], pieces), { objectMode: false }))
  }

  return {
    async playlist(scope, look, reply) {
      const { row } = await looks.through(scope, look)
      const text = await playlistOf(scope, row)
      reply.header('cache-control', 'no-store').type('application/vnd.apple.mpegurl')
      await reply.send(text)
    },
    async init(scope, look, reply) {
      const { row } = await looks.through(scope, look)
      const missing = (): Refusal => new Refusal('segment.init-missing')
      if (row.init_sha256 === null) {
        throw missing()
      }
      await send(reply, row.id, { key: initKey(row.municipality, row.id, row.init_sha256), sizeBytes: null, missing })
    },
    async segment(scope, look, sequence, reply) {
      const { row } = await looks.through(scope, look)
      const media = await firstMedia(db, scope, row.id, sequence)
      if (media === null) {
        throw new Refusal('request.not-found')
      }
      const missing = (): Unavailable => new Unavailable('footage')
      await send(reply, row.id, { key: mediaKeyOf(row, media), sizeBytes: media.size_bytes, missing })
    },
  }
}

async function* follow(
  begun: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* begun
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
      yield next.value
    }
  } finally {
    // Whoever goes away midway leaves no open file behind.
    await rest.return?.()
  }
}
