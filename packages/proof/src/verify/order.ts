import type { Manifest } from '../manifest.ts'
import { assembleRecording, type KnownStatement, type RecordingFacts } from '../recording.ts'
import type { Report } from './report.ts'
import type { ReadSegments } from './segments.ts'

/** What statements say of one another: order, clocks, gaps, stop; and that the manifest says the same. */
export function checkOrder(report: Report, read: ReadSegments, manifest: Manifest | null): RecordingFacts {
  const facts = assembleRecording(read.statements)
  const faults = [
    ...faultsOf('wrong-previous', facts.brokenLinks),
    ...faultsOf('counter-falls', facts.counterBreaks),
    ...faultsOf('after-stop', facts.afterStop),
    ...faultsOf('other-init', facts.otherInit),
    ...faultsOf('other-recording', facts.foreign),
  ]
  for (const { code, segment } of faults) {
    report.failed('order', code, { segment })
  }
  for (const segment of facts.counterHoles) {
    report.warned('order', 'counter-skips', { segment })
  }
  for (const segment of timeJumps(facts.statements)) {
    report.warned('order', 'media-time-jumps', { segment })
  }
  checkConflicts(report, read.conflicts, manifest)
  if (faults.length === 0) {
    report.passed('order', { detail: { statements: facts.statements.length } })
  }
  checkGaps(report, facts, manifest)
  checkStop(report, facts, manifest)
  return facts
}

/** Whether the manifest says what the statements say. Answers the first difference, or null. */
export function manifestDifference(manifest: Manifest, facts: RecordingFacts): string | null {
  const listed = facts.statements.map(({ hash, statement }) => ({ sequence: statement.body.sequence, statement: hash }))
  const first = facts.statements[0]?.statement.body
  if (!same(listed, manifest.statements)) {
    return 'statements-differ'
  }
  if (first !== undefined && !isOf(first, manifest)) {
    return 'recording-differs'
  }
  if (!same(facts.missing, manifest.missing)) {
    return 'missing-differs'
  }
  if (!same(facts.gaps, manifest.gaps)) {
    return 'gaps-differ'
  }
  if ((facts.stop?.reason ?? null) !== manifest.stop) {
    return 'stop-differs'
  }
  if (facts.init !== manifest.init) {
    return 'init-differs'
  }
  return (facts.state !== 'complete') === manifest.incomplete ? null : 'incomplete-differs'
}

function checkGaps(report: Report, facts: RecordingFacts, manifest: Manifest | null): void {
  for (const { sequence, reason, missingMs } of facts.gaps) {
    report.warned('gaps', 'gap-explained', { segment: sequence, detail: { reason, missingMs } })
  }
  for (const { from, to } of facts.missing) {
    const about = { segment: from, detail: { from, to } }
    if (manifest?.incomplete === true) {
      report.warned('gaps', 'sequences-missing', about)
    } else {
      report.failed('gaps', 'sequences-missing', about)
    }
  }
  if (facts.missing.length === 0) {
    report.passed('gaps', { detail: { gaps: facts.gaps.length, missingMs: facts.missingMs } })
  }
}

function checkStop(report: Report, facts: RecordingFacts, manifest: Manifest | null): void {
  if (facts.stop !== null) {
    report.passed('stop', { segment: facts.stop.sequence, detail: { reason: facts.stop.reason } })
  } else if (manifest?.incomplete === true) {
    report.warned('stop', 'unterminated')
  } else {
    report.failed('stop', 'unterminated')
  }
}

// Declared conflicts are shown; hidden ones, or declared ones that are not there, fail.
function checkConflicts(report: Report, conflicts: readonly KnownStatement[], manifest: Manifest | null): void {
  const chosen = new Set(manifest?.statements.map(({ statement }) => statement))
  const sequences = new Set(manifest?.statements.map(({ sequence }) => sequence))
  const declared = manifest?.equivocations.flatMap(({ sequence, statements }) =>
    statements.filter((hash) => !chosen.has(hash)).map((hash) => `${sequence}/${hash}`),
  )
  const found = conflicts.map(({ hash, statement }) => `${statement.body.sequence}/${hash}`)
  for (const name of found) {
    const about = { segment: Number(name.split('/')[0]) }
    if (declared?.includes(name) === true) {
      report.warned('order', sequences.has(about.segment) ? 'equivocation' : 'set-aside', about)
    } else {
      report.failed('order', 'undeclared-statement', about)
    }
  }
  for (const name of declared?.filter((entry) => !found.includes(entry)) ?? []) {
    report.failed('order', 'conflict-missing', { segment: Number(name.split('/')[0]) })
  }
}

// More than half a second of picture time between neighbours, without a gap statement between them.
function timeJumps(statements: readonly KnownStatement[]): readonly number[] {
  return statements.flatMap(({ statement }, place) => {
    const before = statements[place - 1]?.statement
    if (
      statement.kind !== 'media' ||
      before?.kind !== 'media' ||
      before.body.sequence + 1 !== statement.body.sequence
    ) {
      return []
    }
    const expected = before.body.decodeTime + before.body.duration
    const jump = Math.abs(statement.body.decodeTime - expected) / statement.body.timescale
    return jump > 0.5 ? [statement.body.sequence] : []
  })
}

function faultsOf(
  code: string,
  sequences: readonly number[],
): readonly { readonly code: string; readonly segment: number }[] {
  return sequences.map((segment) => ({ code, segment }))
}

function isOf(body: KnownStatement['statement']['body'], manifest: Manifest): boolean {
  return (
    body.recording === manifest.recording &&
    body.device === manifest.device &&
    body.keyEpoch === manifest.keyEpoch &&
    body.municipality === manifest.municipality &&
    body.installation === manifest.installation
  )
}

// Both sides are plain lists of plain objects whose members were written in the same order.
function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}
