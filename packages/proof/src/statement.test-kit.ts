import { toHex } from './bytes.ts'
import { sha256 } from './hash.ts'
import type { KnownStatement } from './recording.ts'
import type { GapStatement, MediaStatement, Statement, StatementBase, StopStatement } from './statement.ts'

export const installation = '11111111-1111-4111-8111-111111111111'
export const municipality = '22222222-2222-4222-8222-222222222222'
export const device = '33333333-3333-4333-8333-333333333333'
export const recording = '44444444-4444-4444-8444-444444444444'

const startMs = 1_790_000_000_000

/** Members that all statements of the test recording share. */
export function baseAt(sequence: number, previous: string | null): StatementBase {
  return {
    format: 1,
    installation,
    municipality,
    device,
    keyEpoch: 1,
    counter: 100 + sequence,
    recording,
    sequence,
    previous,
    wallClockMs: startMs + sequence * 2000,
    monotonicMs: 5000 + sequence * 2000,
    serverTime: { lastSeenMs: startMs, offsetMs: -12, uncertaintyMs: 40, ageMs: 3000 },
    checkpoint: null,
    build: 'b'.repeat(64),
    keyProtection: 'software',
  }
}

export function mediaAt(sequence: number, previous: string | null, changes: Partial<MediaStatement> = {}): Statement {
  const body: MediaStatement = {
    ...baseAt(sequence, previous),
    init: 'a'.repeat(64),
    codecs: { video: 'avc1.42001f', audio: 'opus' },
    audioOn: true,
    preEvent: false,
    media: { sha256: 'c'.repeat(64), sizeBytes: 1000 },
    timescale: 90_000,
    decodeTime: sequence * 180_000,
    duration: 180_000,
    positions: null,
    ...changes,
  }
  return { kind: 'media', body }
}

export function gapAt(sequence: number, previous: string | null, changes: Partial<GapStatement> = {}): Statement {
  const base = baseAt(sequence, previous)
  const times = { fromMs: base.wallClockMs - 2000, toMs: base.wallClockMs, missingMs: 2000 }
  return { kind: 'gap', body: { ...base, observed: true, reason: 'call', ...times, ...changes } }
}

export function stopAt(sequence: number, previous: string | null, changes: Partial<StopStatement> = {}): Statement {
  const head = sequence === 0 ? null : previous
  return { kind: 'stop', body: { ...baseAt(sequence, previous), reason: 'officer', count: sequence, head, ...changes } }
}

/** A well-formed recording of `count` statements: media, a gap at every fourth place, and a stop at the end. */
export async function recordingOf(count: number): Promise<readonly KnownStatement[]> {
  const known: KnownStatement[] = []
  for (let sequence = 0; sequence < count; sequence += 1) {
    const previous = known.at(-1)?.hash ?? null
    const isLast = sequence === count - 1
    const make = isLast ? stopAt : sequence % 4 === 3 ? gapAt : mediaAt
    known.push(await knownOf(make(sequence, previous)))
  }
  return known
}

/** Stands in for the envelope's hash where no signature is needed. */
export async function knownOf(statement: Statement): Promise<KnownStatement> {
  const bytes = new TextEncoder().encode(JSON.stringify(statement))
  return { hash: toHex(await sha256(bytes)), statement }
}
