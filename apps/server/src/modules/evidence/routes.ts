/** The contract's operations, each led to what does it. */
import { Readable } from 'node:stream'
import { deliveryOperations, evidenceOperations } from '@sereno/contracts'
import { formatTrust } from '@sereno/proof'
import type { FastifyReply } from 'fastify'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal, Unavailable } from '../../kernel/errors.ts'
import { type RouteTable, routes } from '../../kernel/http.ts'
import { mayDo, mayDoEach, resourceOf } from './access.ts'
import type { Custody } from './custody.ts'
import type { EvidenceDeps, RecordingView } from './deps.ts'
import { boxesOf, markerView } from './detail.ts'
import type { Exports } from './export.ts'
import { findRecordings } from './find.ts'
import type { Footage } from './footage.ts'
import type { Ingest } from './ingest.ts'
import type { Looks } from './look.ts'
import type { Phone } from './phone.ts'
import type { Seal } from './seal.ts'
import { declaredGaps, markersOf, needRecording, statementLines } from './store.ts'
import { trustOf } from './trust.ts'
import { viewOf } from './view.ts'

export type Parts = {
  readonly ingest: Ingest
  readonly phone: Phone
  readonly custody: Custody
  readonly seal: Seal
  readonly looks: Looks
  readonly footage: Footage
  readonly exports: Exports
}

const done = { ok: true } as const

export function evidenceRoutes(deps: EvidenceDeps, parts: Parts): RouteTable {
  const db = deps.database.db
  const { ingest, phone, custody, seal, looks, footage, exports } = parts

  async function view(scope: Scope, id: string): Promise<RecordingView> {
    const row = await needRecording(db, scope, id)
    return viewOf(row, mayDo(deps.identity, scope.actor, row), deps.clock.nowMs())
  }

  return [
    ...routes(deliveryOperations, {
      'PUT /recordings/:id/segments/:sequence': async ({ params, request, reply }) => {
        try {
          return await ingest(request.raw, request.ip, { recording: params.id, sequence: params.sequence })
        } catch (problem) {
          closeUnread(reply, problem)
          throw problem
        }
      },
      'POST /device/recordings/states': ({ scope, body }) => phone.states(scope, body.recordings),
      'GET /device/recordings/:id/cover': ({ scope, params }) => phone.cover(scope, params.id),
      'POST /device/recordings/:id/markers': async ({ scope, params, body }) => {
        await phone.mark(scope, params.id, body)
        return done
      },
      'POST /device/recordings/:id/category': async ({ scope, params, body }) => {
        await phone.categorise(scope, params.id, body)
        return done
      },
      'POST /device/recordings/:id/positions': async ({ scope, params, body }) => {
        await phone.openPositions(scope, params.id, body.openings)
        return done
      },
    }),
    ...routes(evidenceOperations, {
      'GET /recordings': async ({ scope, query }) => {
        const { rows, next, total } = await findRecordings(deps.database, deps.tracks, scope, query)
        const may = mayDoEach(deps.identity, scope.actor, rows)
        const nowMs = deps.clock.nowMs()
        return { recordings: rows.map((row, place) => viewOf(row, may[place] ?? [], nowMs)), next, total }
      },
      'GET /recordings/:id': async ({ scope, params }) => {
        const row = await needRecording(db, scope, params.id)
        const [lines, declared, markers, track] = await Promise.all([
          statementLines(db, scope, row.id),
          declaredGaps(db, scope, row.id),
          markersOf(db, scope, row.id),
          deps.tracks.track(db, row.track_of ?? row.device, row.started_at, row.ended_at),
        ])
        return {
          recording: viewOf(row, mayDo(deps.identity, scope.actor, row), deps.clock.nowMs()),
          purposes: {
            view: deps.identity.purposes(scope.actor, 'recording.view', resourceOf(row)),
            export: deps.identity.purposes(scope.actor, 'recording.export', resourceOf(row)),
          },
          markers: markers.map(markerView),
          segments: boxesOf(row, lines, declared),
          track: [...track],
        }
      },
      'GET /recordings/:id/custody': async ({ scope, params }) => {
        const row = await needRecording(db, scope, params.id)
        deps.identity.require(scope.actor, 'recording.custody', resourceOf(row))
        const entries = await deps.ledger.entriesOf(scope, `recording:${row.id}`)
        // Heads come each minute and say only "it grew": the log has them all, this page the newest.
        const newestHead = entries.find((entry) => entry.kind === 'recording.head')
        return { entries: entries.filter((entry) => entry.kind !== 'recording.head' || entry === newestHead) }
      },
      'POST /recordings/:id/looks': ({ scope, params, body }) => looks.open(scope, params.id, body),
      'POST /looks/:look/renew': ({ scope, params, body }) => looks.renew(scope, params.look, body),
      'POST /looks/:look/close': async ({ scope, params }) => {
        await looks.close(scope, params.look)
        return done
      },
      'GET /looks/:look/index.m3u8': ({ scope, params, reply }) => footage.playlist(scope, params.look, reply),
      'GET /looks/:look/init.mp4': ({ scope, params, reply }) => footage.init(scope, params.look, reply),
      'GET /looks/:look/:sequence': ({ scope, params, reply }) =>
        footage.segment(scope, params.look, Number.parseInt(params.sequence, 10), reply),
      'POST /recordings/:id/markers': ({ scope, params, body }) => custody.mark(scope, params.id, body),
      'POST /recordings/:id/category': async ({ scope, params, body }) => {
        await custody.categorise(scope, params.id, body)
        return view(scope, params.id)
      },
      'POST /recordings/:id/gaps': async ({ scope, params, body }) => {
        await custody.declareGap(scope, params.id, body)
        return done
      },
      'POST /recordings/:id/seal': async ({ scope, params, body }) => {
        const row = await needRecording(db, scope, params.id)
        const { policy } = deps.identity.require(scope.actor, 'recording.seal', resourceOf(row))
        await seal.byPerson(scope, params.id, { incomplete: body.incomplete ?? false, reason: body.reason }, policy)
        return view(scope, params.id)
      },
      'POST /recordings/:id/exports': ({ scope, params, body }) => exports.make(scope, params.id, body),
      'GET /exports/:id/package.zip': async ({ scope, params, reply }) => {
        const { fileName, sizeBytes, bytes } = await exports.fetch(scope, params.id)
        reply
          .header('cache-control', 'no-store')
          .header('content-length', sizeBytes)
          .header('content-disposition', `attachment; filename="${fileName}"`)
          .type('application/zip')
        await reply.send(Readable.from(bytes, { objectMode: false, highWaterMark: 1024 * 1024 }))
      },
      'GET /trust.json': async ({ reply }) => {
        reply.header('cache-control', 'no-cache').type('application/json; charset=utf-8')
        await reply.send(formatTrust(await trustOf(deps)))
      },
    }),
  ]
}

// The rest of a body that is too large, too slow or has no room is never read, so the connection cannot carry another request.
function closeUnread(reply: FastifyReply, problem: unknown): void {
  const unread: readonly string[] = ['request.too-large', 'request.too-slow', 'installation.disk-reserve']
  if (problem instanceof Unavailable || (problem instanceof Refusal && unread.includes(problem.code))) {
    reply.header('connection', 'close')
  }
}
