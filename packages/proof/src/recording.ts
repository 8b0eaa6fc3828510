import type { SequenceRange } from './manifest.ts'
import type { GapReason, Statement, StopReason } from './statement.ts'

/** A statement whose signature has been checked, under its hash. */
export type KnownStatement = { readonly hash: string; readonly statement: Statement }

/**
 * What is known of a recording. It depends only on the set of statements: not on their order, nor on how
 * often each one came.
 */
export type RecordingFacts = {
  /** One for each sequence, ascending; in conflict the one with the smallest hash, so that all agree. */
  readonly statements: readonly KnownStatement[]
  /** Up to the stop, or without one up to the highest sequence known. */
  readonly missing: readonly SequenceRange[]
  readonly gaps: readonly GapFact[]
  readonly stop: { readonly sequence: number; readonly reason: StopReason } | null
  /** Sequences with more than one statement: the device, or whoever has its key, said two things. */
  readonly equivocations: readonly { readonly sequence: number; readonly statements: readonly string[] }[]
  /** Sequences whose `previous` does not name the statement before. */
  readonly brokenLinks: readonly number[]
  /** Sequences whose counter is not above that of the sequence present before. */
  readonly counterBreaks: readonly number[]
  /** Sequences whose counter leaves out numbers after that of the sequence just before. */
  readonly counterHoles: readonly number[]
  /** Sequences after the (first) stop. */
  readonly afterStop: readonly number[]
  /** Media statements that name another init segment than the first one. */
  readonly otherInit: readonly number[]
  /** Statements of another recording, device, key, municipality or installation than the first one. */
  readonly foreign: readonly number[]
  /** Last statement of the unbroken run from sequence 0. */
  readonly head: { readonly sequence: number; readonly hash: string } | null
  readonly init: string | null
  readonly mediaBytes: number
  readonly missingMs: number
  readonly state: 'receiving' | 'stopped' | 'complete'
}

export type GapFact = { readonly sequence: number; readonly reason: GapReason; readonly missingMs: number }

/** Puts together what a set of statements says, whatever is lost, repeated, reordered or contradicted. */
export function assembleRecording(known: Iterable<KnownStatement>): RecordingFacts {
  const bySequence = groupBySequence(known)
  const statements = [...bySequence.values()].map(first).filter((entry) => entry !== undefined)
  const pairs = statements.map((entry, place) => ({ entry, before: statements[place - 1] }))
  const stopped = statements.find(({ statement }) => statement.kind === 'stop')
  const stop = stopped?.statement.kind === 'stop' ? stopped.statement.body : null
  const end = stop?.sequence ?? statements.at(-1)?.statement.body.sequence ?? -1
  const media = statements.flatMap(({ statement }) => (statement.kind === 'media' ? [statement.body] : []))
  const gaps = statements.flatMap(({ statement }) => (statement.kind === 'gap' ? [statement.body] : []))
  const init = media[0]?.init ?? null
  const missing = missingRanges(statements.map(sequenceOf), end)
  const equivocations = [...bySequence].filter(([, entries]) => entries.length > 1)
  const faults = {
    brokenLinks: sequencesWhere(pairs, (entry, before) => isNext(entry, before) && previousOf(entry) !== before.hash),
    counterBreaks: sequencesWhere(pairs, (entry, before) => counterOf(entry) <= counterOf(before)),
    afterStop: statements.map(sequenceOf).filter((sequence) => stop !== null && sequence > stop.sequence),
    otherInit: media.filter((body) => body.init !== init).map(({ sequence }) => sequence),
    foreign: statements.filter((entry) => isForeign(entry, statements[0])).map(sequenceOf),
    equivocations: equivocations.map(([sequence, entries]) => ({
      sequence,
      statements: entries.map(({ hash }) => hash),
    })),
  }
  const isWhole = missing.length === 0 && Object.values(faults).every((found) => found.length === 0)
  return {
    ...faults,
    statements,
    missing,
    gaps: gaps.map(({ sequence, reason, missingMs }) => ({ sequence, reason, missingMs })),
    stop: stop === null ? null : { sequence: stop.sequence, reason: stop.reason },
    counterHoles: sequencesWhere(
      pairs,
      (entry, before) => isNext(entry, before) && counterOf(entry) > counterOf(before) + 1,
    ),
    head: headOf(bySequence),
    init,
    mediaBytes: media.reduce((sum, body) => sum + body.media.sizeBytes, 0),
    missingMs: gaps.reduce((sum, body) => sum + body.missingMs, 0),
    state: stop === null ? 'receiving' : isWhole ? 'complete' : 'stopped',
  }
}

// Ascending by sequence; inside one, ascending by hash without repetitions.
function groupBySequence(known: Iterable<KnownStatement>): ReadonlyMap<number, readonly KnownStatement[]> {
  const unique = new Map([...known].map((entry) => [entry.hash, entry]))
  const sorted = [...unique.values()].sort(
    (left, right) => sequenceOf(left) - sequenceOf(right) || (left.hash < right.hash ? -1 : 1),
  )
  return Map.groupBy(sorted, sequenceOf)
}

// Ranges, so that one statement with the highest sequence costs no memory.
function missingRanges(present: readonly number[], end: number): readonly SequenceRange[] {
  const ranges: SequenceRange[] = []
  let expected = 0
  for (const sequence of [...present.filter((sequence) => sequence <= end), end + 1]) {
    if (sequence > expected) {
      ranges.push({ from: expected, to: sequence - 1 })
    }
    expected = sequence + 1
  }
  return ranges
}

function headOf(bySequence: ReadonlyMap<number, readonly KnownStatement[]>): RecordingFacts['head'] {
  let head: KnownStatement | undefined
  for (let sequence = 0; ; sequence += 1) {
    const [next, conflict] = bySequence.get(sequence) ?? []
    const follows = next !== undefined && (head === undefined || previousOf(next) === head.hash)
    if (next === undefined || conflict !== undefined || !follows) {
      return head === undefined ? null : { sequence: sequence - 1, hash: head.hash }
    }
    head = next
    if (next.statement.kind === 'stop') {
      return { sequence, hash: next.hash }
    }
  }
}

function sequencesWhere(
  pairs: readonly { readonly entry: KnownStatement; readonly before: KnownStatement | undefined }[],
  isFault: (entry: KnownStatement, before: KnownStatement) => boolean,
): readonly number[] {
  return pairs
    .filter(({ entry, before }) => before !== undefined && isFault(entry, before))
    .map(({ entry }) => sequenceOf(entry))
}

function isForeign({ statement: { body } }: KnownStatement, reference: KnownStatement | undefined): boolean {
  const expected = reference?.statement.body
  return (
    expected !== undefined &&
    (body.recording !== expected.recording ||
      body.device !== expected.device ||
      body.keyEpoch !== expected.keyEpoch ||
      body.municipality !== expected.municipality ||
      body.installation !== expected.installation)
  )
}

function isNext(entry: KnownStatement, before: KnownStatement): boolean {
  return sequenceOf(entry) === sequenceOf(before) + 1
}

function first(entries: readonly KnownStatement[]): KnownStatement | undefined {
  return entries[0]
}

function sequenceOf({ statement }: KnownStatement): number {
  return statement.body.sequence
}

function counterOf({ statement }: KnownStatement): number {
  return statement.body.counter
}

function previousOf({ statement }: KnownStatement): string | null {
  return statement.body.previous
}
