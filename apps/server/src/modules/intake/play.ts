/** The files of a recording: what can be shown of them, and their bytes through an open look (I-3). */
import { Readable } from 'node:stream'
import type { intakeOperations, ReplyOf } from '@sereno/contracts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { OriginalFileRow } from '../evidence/index.ts'
import { copiesOf, copyKey } from './copies.ts'
import type { IntakeDeps, Play } from './door.ts'
import type { MediaTools } from './sandbox.ts'
import type { CopyRow } from './tables.ts'

type FileView = ReplyOf<(typeof intakeOperations)['GET /recordings/:id/files']>['files'][number]

export function createPlay(deps: IntakeDeps, tools: () => MediaTools): Play {
  const db = deps.database.db

  async function files(scope: Scope, recording: string): Promise<FileView[]> {
    const view = await deps.evidence.recording(scope, recording)
    if (view === null) {
      throw new Refusal('recording.not-found')
    }
    const [originals, copies] = await Promise.all([
      deps.evidence.files.of(scope, recording),
      copiesOf(db, scope, recording),
    ])
    return originals.map((file) =>
      viewOf(
        file,
        view.startedAt,
        copies.find(({ sequence }) => sequence === file.sequence),
        tools().ffmpeg !== null,
      ),
    )
  }

  async function send(
    scope: Scope,
    look: string,
    asked: { readonly sequence: number; readonly copy: boolean },
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const view = await deps.evidence.through(scope, look)
    const file = (await deps.evidence.files.of(scope, view.id)).find(({ sequence }) => sequence === asked.sequence)
    if (file === undefined) {
      throw new Refusal('request.not-found')
    }
    const copy = asked.copy ? (await copiesOf(db, scope, view.id)).find((one) => one.sequence === asked.sequence) : null
    if (asked.copy && copy?.state !== 'made') {
      throw new Refusal('request.not-found')
    }
    const sizeBytes = copy?.size_bytes ?? file.size_bytes
    const range = rangeOf(request.headers.range, sizeBytes)
    reply
      .header('cache-control', 'no-store')
      .header('accept-ranges', 'bytes')
      .header('content-security-policy', "default-src 'none'; sandbox")
      .type(file.role === 'video' || file.role === 'sound' ? 'video/mp4' : 'application/octet-stream')
    if (range === null) {
      reply.code(416).header('content-range', `bytes */${sizeBytes}`)
      await reply.send()
      return
    }
    const { start, end, isPart } = range
    reply.header('content-length', end - start)
    if (isPart) {
      reply.code(206).header('content-range', `bytes ${start}-${end - 1}/${sizeBytes}`)
    }
    await reply.send(Readable.from(await bytesOf(file, copy ?? null, start, end), { objectMode: false }))
  }

  async function bytesOf(
    file: OriginalFileRow,
    copy: CopyRow | null,
    start: number,
    end: number,
  ): Promise<AsyncIterable<Uint8Array>> {
    if (copy === null) {
      return deps.evidence.files.read(file, { start, end })
    }
    const dataKey = await deps.signer.dataKey(file.recording)
    if (dataKey === null) {
      throw new Refusal('recording.destroyed')
    }
    return deps.blobs.read(copyKey(file.recording, copy.id), dataKey, { start, end })
  }

  return { files, send }
}

function viewOf(
  file: OriginalFileRow,
  recordingStartedAt: number,
  copy: CopyRow | undefined,
  hasFfmpeg: boolean,
): FileView {
  const codecs = [file.video_codec, file.audio_codec].filter((codec) => codec !== null)
  const state = copy?.state ?? 'none'
  return {
    sequence: file.sequence,
    name: file.name,
    sizeBytes: file.size_bytes,
    sha256: file.sha256,
    role: file.role,
    container: file.container,
    codecs: codecs.length === 0 ? null : codecs.join(', '),
    startMs: Math.max(0, (file.started_at ?? recordingStartedAt) - recordingStartedAt),
    durationMs: Math.round(file.duration_ms),
    shown: file.plays ? 'original' : state === 'made' ? 'copy' : 'nothing',
    copy: {
      state,
      reason:
        state === 'wanted' && !hasFfmpeg ? 'no-ffmpeg' : (copy?.reason ?? (isEncrypted(file) ? 'encrypted' : null)),
      sha256: copy?.sha256 ?? null,
      sizeBytes: copy?.size_bytes ?? null,
      madeAt: copy?.made_at ?? null,
    },
  }
}

/** A clip that came with a key file: nobody here may open it, so nothing is known of what is in it. */
function isEncrypted(file: OriginalFileRow): boolean {
  return file.role === 'video' && file.container === null && file.video_codec === null
}

/** One range of RFC 9110 §14.1.2; several at once are answered with the whole. Null: not satisfiable. `end` is exclusive. */
export function rangeOf(
  header: string | undefined,
  sizeBytes: number,
): { readonly start: number; readonly end: number; readonly isPart: boolean } | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  const [, from = '', to = ''] = match ?? []
  if (match === null || (from === '' && to === '')) {
    return { start: 0, end: sizeBytes, isPart: false }
  }
  const start = from === '' ? Math.max(0, sizeBytes - Number(to)) : Number(from)
  const end = from === '' || to === '' ? sizeBytes : Math.min(sizeBytes, Number(to) + 1)
  return start >= end ? null : { start, end, isPart: true }
}
