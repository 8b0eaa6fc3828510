/** Sends footage through an open look, decrypted while it is sent. The bytes are the camera's own (I-2). */
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal, Unavailable } from '../../kernel/errors.ts'
import type { EvidenceDeps } from './deps.ts'
import { playlistBoxesOf } from './detail.ts'
import { initKey } from './evidence.ts'
import type { Looks } from './look.ts'
import { renderPlaylist } from './playlist.ts'
import { firstMedia, mediaKeyOf, statementLines } from './store.ts'

export type Footage = {
  readonly playlist: (scope: Scope, look: string, reply: FastifyReply) => Promise<void>
  readonly init: (scope: Scope, look: string, reply: FastifyReply) => Promise<void>
  readonly segment: (scope: Scope, look: string, sequence: number, reply: FastifyReply) => Promise<void>
}

export function createFootage(deps: EvidenceDeps, looks: Looks): Footage {
  const db = deps.database.db

  async function send(reply: FastifyReply, recording: string, key: string, sizeBytes: number): Promise<void> {
    // Asked for each time: a key destroyed a moment ago opens nothing.
    const dataKey = await deps.signer.dataKey(recording)
    if (dataKey === null) {
      throw new Refusal('recording.destroyed')
    }
    reply.header('cache-control', 'no-store').header('content-length', sizeBytes).type('video/mp4')
    // `reply.send` of a stream resolves when it is sent; what fails midway ends the connection.
    await reply.send(Readable.from(deps.blobs.read(key, dataKey), { objectMode: false }))
  }

  return {
    async playlist(scope, look, reply) {
      const { row } = await looks.through(scope, look)
      const boxes = playlistBoxesOf(row, await statementLines(db, scope, row.id))
      reply.header('cache-control', 'no-store').type('application/vnd.apple.mpegurl')
      await reply.send(renderPlaylist(boxes))
    },
    async init(scope, look, reply) {
      const { row } = await looks.through(scope, look)
      const key = row.init_sha256 === null ? null : initKey(row.municipality, row.id, row.init_sha256)
      const sizeBytes = key === null ? null : await deps.blobs.size(key)
      if (key === null || sizeBytes === null) {
        throw new Refusal('segment.init-missing')
      }
      await send(reply, row.id, key, sizeBytes)
    },
    async segment(scope, look, sequence, reply) {
      const { row } = await looks.through(scope, look)
      const media = await firstMedia(db, scope, row.id, sequence)
      if (media === null) {
        throw new Refusal('request.not-found')
      }
      const key = mediaKeyOf(row, media)
      if (!(await deps.blobs.exists(key))) {
        throw new Unavailable('footage')
      }
      await send(reply, row.id, key, media.size_bytes)
    },
  }
}
