/**
 * What evidence lets a module on its right do with a recording, once that module has decided (cases: guests, clips,
 * hand-overs). The same looks, packages and entries as everybody's; only the policy that allowed them is told from
 * outside, and is in the entry.
 */
import type { TrackPoint } from '@sereno/contracts'
import type { Static } from 'typebox'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal, Unavailable } from '../../kernel/errors.ts'
import { mayDo, resourceOf } from './access.ts'
import type { Audience } from './audience.ts'
import { toldOf } from './custody-list.ts'
import type { CustodyEntryView, EvidenceDeps, RecordingView } from './deps.ts'
import { type Box, boxesOf, type MarkerView, markerView } from './detail.ts'
import { initKey } from './evidence.ts'
import type { Exports } from './export.ts'
import type { Footage } from './footage.ts'
import { type Allowed, allow, type Looks, type Wish } from './look.ts'
import {
  declaredGaps,
  findRecording,
  firstMedia,
  manifestsOf,
  markersOf,
  mediaKeyOf,
  needRecording,
  statementLines,
  wholeStatements,
} from './store.ts'
import { viewOf } from './view.ts'

export type Detail = {
  readonly recording: RecordingView
  readonly markers: readonly MarkerView[]
  readonly segments: readonly Box[]
  readonly track: readonly Static<typeof TrackPoint>[]
}
/** One media segment of a recording as it lies on the axis. */
export type Part = {
  readonly sequence: number
  /** Milliseconds from the recording's start. */
  readonly startMs: number
  readonly durationMs: number
  readonly sizeBytes: number
  readonly mediaSha256: string
  readonly statementSha256: string
}
export type Parts = {
  readonly parts: readonly Part[]
  readonly initSha256: string
  readonly initBytes: number
  /** How many sequences the recording has, gaps and stop included. */
  readonly ofSequences: number
  /** Of the newest manifest. */
  readonly manifestSha256: string
  readonly manifest: string
}

export type Offer = {
  readonly looks: Looks
  readonly footage: Footage
  readonly exports: Exports
  /** Decides as a look or an export does: what is refused is an entry before the refusal is thrown. */
  readonly allow: (
    scope: Scope,
    action: 'recording.view' | 'recording.export',
    recording: string,
    wish: Wish,
  ) => Promise<Allowed>
  /** What policies read of a recording. Throws `recording.not-found`. */
  readonly attributes: (scope: Scope, recording: string) => Promise<Readonly<Record<string, string | number | boolean>>>
  readonly views: (scope: Scope, recordings: readonly string[]) => Promise<readonly RecordingView[]>
  readonly detail: (scope: Scope, recording: string) => Promise<Detail>
  /** Newest first: all of it, or what an outside audience is told. */
  readonly custody: (scope: Scope, recording: string, audience?: Audience) => Promise<readonly CustodyEntryView[]>
  /** Its media segments, for cutting. Refuses what is not sealed or is destroyed. */
  readonly parts: (scope: Scope, recording: string) => Promise<Parts>
  /** Init and segments one after the other, as the camera made them (I-2). */
  readonly cut: (scope: Scope, recording: string, sequences: readonly number[]) => AsyncGenerator<Uint8Array>
  /** The camera's signed statements of the sequences, in order. */
  readonly statements: (scope: Scope, recording: string, sequences: readonly number[]) => Promise<readonly string[]>
}

export function createOffer(
  deps: EvidenceDeps,
  given: { readonly looks: Looks; readonly footage: Footage; readonly exports: Exports },
): Offer {
  const db = deps.database.db

  async function parts(scope: Scope, recording: string): Promise<Parts> {
    const row = await needRecording(db, scope, recording)
    const newest = (await manifestsOf(db, scope, recording)).at(-1)
    if (row.destroyed_at !== null) {
      throw new Refusal('recording.destroyed')
    }
    if (newest === undefined || row.init_sha256 === null) {
      throw new Refusal('recording.not-sealed')
    }
    const lines = await statementLines(db, scope, recording)
    const statements = new Map(lines.filter(({ version }) => version === 0).map((line) => [line.sequence, line]))
    const initBytes = await deps.blobs.size(initKey(row.municipality, row.id, row.init_sha256))
    if (initBytes === null) {
      throw new Unavailable('footage')
    }
    return {
      parts: boxesOf(row, lines, await declaredGaps(db, scope, recording)).flatMap((box) => {
        const line = box.kind === 'media' ? statements.get(box.sequence) : undefined
        return line === undefined || box.sha256 === null
          ? []
          : [
              {
                sequence: box.sequence,
                startMs: box.startMs,
                durationMs: box.durationMs,
                sizeBytes: box.sizeBytes,
                mediaSha256: box.sha256,
                statementSha256: line.statement_sha256,
              },
            ]
      }),
      initSha256: row.init_sha256,
      initBytes,
      ofSequences: row.highest_sequence + 1,
      manifestSha256: newest.sha256,
      manifest: newest.envelope,
    }
  }

  async function* cut(scope: Scope, recording: string, sequences: readonly number[]): ReturnType<Offer['cut']> {
    const row = await needRecording(db, scope, recording)
    const dataKey = await deps.signer.dataKey(recording)
    if (dataKey === null || row.init_sha256 === null) {
      throw new Refusal('recording.destroyed')
    }
    yield* deps.blobs.read(initKey(row.municipality, row.id, row.init_sha256), dataKey)
    for (const sequence of sequences) {
      const media = await firstMedia(db, scope, recording, sequence)
      if (media === null) {
        throw new Unavailable('footage')
      }
      yield* deps.blobs.read(mediaKeyOf(row, media), dataKey)
    }
  }

  return {
    ...given,
    allow: async (scope, action, recording, wish) =>
      allow(deps, scope, action, await needRecording(db, scope, recording), wish),
    attributes: async (scope, recording) => resourceOf(await needRecording(db, scope, recording)).attributes,
    async views(scope, recordings) {
      const rows = await Promise.all(recordings.map((id) => findRecording(db, scope, id)))
      const nowMs = deps.clock.nowMs()
      return rows.flatMap((row) => (row === null ? [] : [viewOf(row, mayDo(deps.identity, scope.actor, row), nowMs)]))
    },
    async detail(scope, recording) {
      const row = await needRecording(db, scope, recording)
      const [lines, declared, markers, track] = await Promise.all([
        statementLines(db, scope, row.id),
        declaredGaps(db, scope, row.id),
        markersOf(db, scope, row.id),
        deps.tracks.track(db, row.device, row.started_at, row.ended_at),
      ])
      return {
        recording: viewOf(row, mayDo(deps.identity, scope.actor, row), deps.clock.nowMs()),
        markers: markers.map(markerView),
        segments: boxesOf(row, lines, declared),
        track: [...track],
      }
    },
    async custody(scope, recording, audience) {
      const entries = await toldOf(deps, scope, recording, audience)
      // Heads come each minute and say only "it grew": the log has them all, this list the newest.
      const newestHead = entries.find((entry) => entry.kind === 'recording.head')
      return entries.filter((entry) => entry.kind !== 'recording.head' || entry === newestHead)
    },
    parts,
    cut,
    async statements(scope, recording, sequences) {
      const envelopes: string[] = []
      for (const sequence of sequences) {
        const one = (await wholeStatements(db, scope, recording, sequence, 1))[0]
        if (one?.sequence !== sequence) {
          throw new Unavailable('footage')
        }
        envelopes.push(one.envelope)
      }
      return envelopes
    },
  }
}
