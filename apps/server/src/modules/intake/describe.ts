/** What a file is, from all that was found: its own words, its name, what the dock was told. Pure. */
import type { Fix } from '@sereno/contracts'
import type { FileFacts } from '../evidence/index.ts'
import { instantIn, readName } from './file-names.ts'
import type { Facts } from './probe/facts.ts'
import type { UploadRow } from './tables.ts'

export type Basis = 'satellite' | 'metadata' | 'file-name' | 'declared' | 'file-time' | 'arrival'

export type Described = {
  readonly facts: FileFacts
  readonly startedAt: number
  readonly endedAt: number
  /** Which clock told the start, and what was added to it. */
  readonly basis: Basis
  readonly clockOffsetMs: number
  readonly maker: string | null
  readonly model: string | null
  readonly serial: string | null
  readonly track: readonly Fix[]
}

type Given = Pick<UploadRow, 'name' | 'size_bytes' | 'modified_at' | 'hint' | 'created_at'>

/** A clock that was never set says 1970 or 2000; one that says next year is as wrong. */
const earliestMs = Date.UTC(2005, 0, 1)
const aheadMs = 2 * 86_400_000

export function describe(given: Given, found: Facts | null, timeZone: string, nowMs: number): Described {
  const named = readName(given.name)
  const durationMs = found?.durationMs ?? 0
  const isLikely = (ms: number | null | undefined): ms is number =>
    typeof ms === 'number' && ms > earliestMs && ms < nowMs + aheadMs
  const satellite = found?.positions.find(({ atMs }) => isLikely(atMs))
  const bySatellite = satellite?.atMs == null ? null : satellite.atMs - satellite.offsetMs
  const byName =
    named?.local == null ? null : named.utc ? Date.UTC(...utcOf(named.local)) : instantIn(timeZone, named.local)
  const byCamera: readonly (readonly [Basis, number | null])[] = [
    ['declared', given.hint.basis === 'declared' ? given.hint.startedAt : null],
    ['metadata', found?.createdAt?.ms ?? null],
    ['file-name', byName ?? given.hint.startedAt],
    ['file-time', given.modified_at === null ? null : given.modified_at - durationMs],
  ]
  const camera = byCamera.find(([, ms]) => isLikely(ms))
  const [basis, told] = isLikely(bySatellite)
    ? (['satellite', bySatellite] as const)
    : ((camera as readonly [Basis, number] | undefined) ?? (['arrival', given.created_at] as const))
  // A satellite's clock needs no correction; what a person measured is of the camera's.
  const clockOffsetMs = basis === 'satellite' || basis === 'arrival' ? 0 : (given.hint.clockOffsetMs ?? 0)
  const startedAt = Math.max(0, Math.round(told + clockOffsetMs))
  return {
    facts: factsOf(found, startedAt, durationMs),
    startedAt,
    endedAt: startedAt + durationMs,
    basis,
    clockOffsetMs,
    maker: found?.maker ?? given.hint.maker ?? named?.maker ?? null,
    model: found?.model ?? given.hint.model ?? named?.model ?? null,
    serial: found?.serial ?? given.hint.serial ?? named?.serial ?? null,
    track: trackOf(found, startedAt),
  }
}

function utcOf([y, m, d, H, M, S]: readonly [number, number, number, number, number, number]) {
  return [y, m - 1, d, H, M, S] as const
}

const browserVideo: ReadonlySet<string> = new Set(['avc1', 'avc3', 'V_VP8', 'V_VP9', 'vp08', 'vp09'])
const browserAudio: ReadonlySet<string> = new Set(['mp4a', 'Opus', 'A_OPUS', 'A_VORBIS'])

export function factsOf(found: Facts | null, startedAt: number, durationMs: number): FileFacts {
  const hasPicture = found?.video != null && durationMs > 0
  const plays =
    hasPicture &&
    ['mp4', 'mov', 'webm'].includes(found.container ?? '') &&
    browserVideo.has(found.video ?? '') &&
    (found.audio === null || browserAudio.has(found.audio))
  return {
    role:
      found === null ? 'unreadable' : hasPicture ? 'video' : found.audio !== null && durationMs > 0 ? 'sound' : 'other',
    container: found?.container ?? null,
    video_codec: found?.video ?? null,
    audio_codec: found?.audio ?? null,
    started_at: found === null ? null : startedAt,
    duration_ms: durationMs,
    plays,
  }
}

function trackOf(found: Facts | null, startedAt: number): readonly Fix[] {
  return (found?.positions ?? []).map((position) => ({
    atMs: startedAt + position.offsetMs,
    latitude: position.latitude,
    longitude: position.longitude,
    accuracyM: position.accuracyM ?? 10,
    headingDeg: position.headingDeg,
    speedMps: position.speedMps,
  }))
}
