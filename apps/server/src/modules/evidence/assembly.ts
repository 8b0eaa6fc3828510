/**
 * Which of the statements that arrived a manifest may name, so that a verifier finds no contradiction among them. Pure.
 *
 * Whoever holds a key, lost or stolen, can sign one statement more: after the stop, with another init segment, in a
 * place that something else follows. It is kept, and must not spoil what was there before it. So the first to arrive
 * stands, what was sealed stands before what came later, and what does not fit with them is *set aside*: named beside
 * the statements, as a conflict is, and never among them.
 */
import { assembleRecording, type KnownStatement, type Manifest, type RecordingFacts } from '@sereno/proof'

/** A statement as it was kept. */
export type Arrived = {
  readonly known: KnownStatement
  /** 0 for the first of its sequence. */
  readonly version: number
  readonly quarantined: boolean
  /** It arrived after the first manifest was signed. */
  readonly late: boolean
  readonly receivedAt: number
}

export type Assembled = {
  /** Of the accepted statements alone, one for each sequence: what a verifier will find. */
  readonly facts: RecordingFacts
  readonly accepted: readonly KnownStatement[]
  /** Conflicts of the accepted ones, and what was set aside; ascending, at most {@link mostNamed} hashes. */
  readonly equivocations: RecordingFacts['equivocations']
  /** How many first statements of their sequence were not accepted. */
  readonly leftOut: number
}

/** A package has room for this many conflicts; whoever signs more is not worth more paper. */
const mostNamed = 2_000
/** A package looks for conflicts among the first hundred statements of a sequence. */
const mostVersions = 100

/** @param checkpointSize of the newest checkpoint: a statement cannot have seen a later one. Null when unknown. */
export function assemble(arrived: readonly Arrived[], checkpointSize: number | null): Assembled {
  const firsts = arrived.filter(({ version }) => version === 0).toSorted(byStanding)
  const run = createRun(checkpointSize)
  const accepted = new Set<string>()
  for (const one of firsts) {
    // What arrived late and in quarantine has had no person's look: it is never taken in by itself.
    if (!(one.late && one.quarantined) && run.take(one.known)) {
      accepted.add(one.known.hash)
    }
  }
  const statements = run.statements()
  return {
    facts: assembleRecording(statements),
    accepted: statements,
    equivocations: named(arrived, accepted, statements[0]?.statement.body.keyEpoch ?? null),
    leftOut: firsts.length - accepted.size,
  }
}

/** Whether the statements that a manifest names are kept and contradict one another nowhere. */
export function isSound(manifest: Manifest, arrived: readonly Arrived[]): boolean {
  const byHash = new Map(arrived.map(({ known }) => [known.hash, known]))
  const listed = manifest.statements.flatMap(({ statement }) => byHash.get(statement) ?? [])
  const { brokenLinks, counterBreaks, afterStop, otherInit, foreign } = assembleRecording(listed)
  const faults = [brokenLinks, counterBreaks, afterStop, otherInit, foreign]
  return listed.length === manifest.statements.length && faults.every((found) => found.length === 0)
}

function byStanding(left: Arrived, right: Arrived): number {
  return (
    Number(left.late) - Number(right.late) ||
    Number(left.quarantined) - Number(right.quarantined) ||
    left.receivedAt - right.receivedAt ||
    sequenceOf(left.known) - sequenceOf(right.known)
  )
}

/** Takes statements one by one as long as each fits with those taken before. */
function createRun(checkpointSize: number | null): {
  readonly take: (known: KnownStatement) => boolean
  readonly statements: () => readonly KnownStatement[]
} {
  const taken: KnownStatement[] = []
  let init: string | null = null
  let stop: number | null = null

  /** Where the sequence belongs; arrivals are nearly in order, so the end is tried first. */
  function placeOf(sequence: number): number {
    let low = 0
    let high = taken.length
    while (low < high) {
      const middle = high === taken.length ? high - 1 : (low + high) >> 1
      const there = taken[middle]
      if (there !== undefined && sequenceOf(there) < sequence) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  function fits(known: KnownStatement, place: number): boolean {
    const { kind, body } = known.statement
    const before = taken[place - 1]
    const after = taken[place]
    if (taken[0] !== undefined && taken[0].statement.body.keyEpoch !== body.keyEpoch) {
      return false
    }
    if (checkpointSize !== null && body.checkpoint !== null && body.checkpoint.size > checkpointSize) {
      return false
    }
    if (stop !== null && body.sequence > stop) {
      return false
    }
    if (kind === 'stop' && after !== undefined) {
      return false
    }
    if (kind === 'media' && init !== null && known.statement.body.init !== init) {
      return false
    }
    return (before === undefined || follows(before, known)) && (after === undefined || follows(known, after))
  }

  return {
    take(known) {
      const { statement } = known
      const place = placeOf(statement.body.sequence)
      if (!fits(known, place)) {
        return false
      }
      taken.splice(place, 0, known)
      init ??= statement.kind === 'media' ? statement.body.init : null
      stop ??= statement.kind === 'stop' ? statement.body.sequence : null
      return true
    },
    statements: () => taken,
  }
}

/** Counters rise; a neighbour names the one before it. */
function follows(before: KnownStatement, after: KnownStatement): boolean {
  const isNext = sequenceOf(after) === sequenceOf(before) + 1
  return (
    sequenceOf(after) > sequenceOf(before) &&
    after.statement.body.counter > before.statement.body.counter &&
    (!isNext || after.statement.body.previous === before.hash)
  )
}

// By the recording's own key only: a package carries one key, and what another signed could not be verified there.
function named(
  arrived: readonly Arrived[],
  accepted: ReadonlySet<string>,
  keyEpoch: number | null,
): RecordingFacts['equivocations'] {
  const beside = arrived
    .filter(({ known }) => !accepted.has(known.hash) && known.statement.body.keyEpoch === keyEpoch)
    .filter(({ version }) => version < mostVersions)
    .slice(0, mostNamed)
  const sequences = new Set(beside.map(({ known }) => sequenceOf(known)))
  const chosen = arrived.filter(({ known }) => accepted.has(known.hash) && sequences.has(sequenceOf(known)))
  const bySequence = Map.groupBy([...beside, ...chosen], ({ known }) => sequenceOf(known))
  return [...bySequence]
    .toSorted(([left], [right]) => left - right)
    .map(([sequence, entries]) => ({ sequence, statements: entries.map(({ known }) => known.hash).toSorted() }))
}

function sequenceOf({ statement }: KnownStatement): number {
  return statement.body.sequence
}
