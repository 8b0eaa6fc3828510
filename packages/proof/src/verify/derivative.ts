import { type Lineage, openLineage } from '../derivative.ts'
import type { IncrementalHash } from '../file-recording.ts'
import { sha256Hex } from '../hash.ts'
import { createSha256 } from '../sha256.ts'
import type { Source } from '../source.ts'
import type { Trust } from '../trust.ts'
import { createReport, type Report, type VerificationCheck } from './report.ts'
import { signatureBy } from './signatures.ts'

export type DerivativeResult = 'holds' | 'fails' | 'not-a-derivative' | 'origin-not-established'

export type DerivativeVerification = {
  readonly result: DerivativeResult
  /** As for packages: holds 0 · fails 1 · not a clip's lineage 2 · consistent, but its origin is not established 3. */
  readonly exitCode: 0 | 1 | 2 | 3
  readonly lineage: Lineage | null
  readonly checks: readonly VerificationCheck[]
}

export type DerivativeOptions = {
  /** From elsewhere than the clip. Without it the result is at best `origin-not-established`. */
  readonly trust?: Trust
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void
  readonly sha256?: () => IncrementalHash
}

const exitCodes = { holds: 0, fails: 1, 'not-a-derivative': 2, 'origin-not-established': 3 } as const
const pieceBytes = 1024 * 1024
const longestLineageBytes = 8 * 1024 * 1024

/**
 * Verifies a clip or a still by its lineage, offline, reading each byte once: that the file is what the installation signed,
 * which segments of which recording it is, and how it was cut. The camera's own signatures are in the recording's package,
 * whose statements have the hashes that are named here. Rejects only when the source itself fails.
 */
export async function verifyDerivative(
  source: Source,
  lineage: Uint8Array,
  options: DerivativeOptions = {},
): Promise<DerivativeVerification> {
  const report = createReport()
  const trust = options.trust ?? null
  const opened = lineage.length > longestLineageBytes ? null : openLineage(lineage)
  if (opened?.ok !== true) {
    report.failed('lineage', opened?.code ?? 'member-too-long')
    return conclude(report, null, trust)
  }
  const { value, envelope } = opened.value
  report.passed('lineage', { detail: { recording: value.recording, manifest: value.parentManifest } })
  if (trust === null) {
    report.notChecked('lineage-signature', 'no-trust-file')
    report.notChecked('origin', 'no-trust-file')
  } else {
    const state = await signatureBy(envelope, trust.manifestKeys)
    if (state === 'good') {
      report.passed('lineage-signature')
    } else if (state === 'unsupported') {
      report.notChecked('lineage-signature', 'unsupported-algorithm')
    } else {
      report.failed('lineage-signature', state === 'bad' ? 'bad-signature' : 'unknown-key')
    }
    // The same key signs for one installation alone: a lineage of another one is not this one's word.
    if (value.installation === trust.installation && value.municipality === trust.municipality) {
      report.passed('origin', { detail: { installation: trust.installation, name: trust.name } })
    } else {
      report.failed('origin', 'other-installation')
    }
  }
  await checkBytes(report, source, value, options)
  checkCut(report, value)
  report.notChecked('camera', 'in-package', { detail: { manifest: value.parentManifest } })
  return conclude(report, value, trust)
}

/** Every byte once: the parts that the lineage names, in their order, and the whole. */
async function checkBytes(report: Report, source: Source, lineage: Lineage, options: DerivativeOptions): Promise<void> {
  const whole = (options.sha256 ?? createSha256)()
  let at = 0
  const take = async (sizeBytes: number): Promise<Uint8Array> => {
    const bytes = await source.read(at, Math.min(sizeBytes, source.sizeBytes - at))
    at += bytes.length
    whole.update(bytes)
    options.onProgress?.(at, source.sizeBytes)
    return bytes
  }
  if (lineage.kind === 'clip') {
    const isInit = (await sha256Hex(await take(lineage.init.sizeBytes))) === lineage.init.sha256
    tell(report, isInit, null)
    for (const [place, { sequence, media, sizeBytes }] of lineage.segments.entries()) {
      const isMedia = (await sha256Hex(await take(sizeBytes))) === media
      tell(report, isMedia, sequence)
      if (sequence <= (lineage.segments[place - 1]?.sequence ?? -1) || sequence >= lineage.ofSequences) {
        report.failed('segment-hash', 'wrong-sequence', { segment: sequence })
      }
    }
    if (lineage.segments.length === 0 || at < source.sizeBytes) {
      report.failed('segment-hash', lineage.segments.length === 0 ? 'member-missing' : 'unexpected-media')
    }
  }
  while (at < source.sizeBytes && (await take(pieceBytes)).length > 0) {
    // hashed as it is read
  }
  if (source.sizeBytes === lineage.sizeBytes && whole.digest() === lineage.sha256) {
    report.passed('file-hash', { detail: { sizeBytes: lineage.sizeBytes } })
  } else {
    report.failed('file-hash', 'altered')
  }
}

function tell(report: Report, isRight: boolean, segment: number | null): void {
  if (isRight) {
    report.passed('segment-hash', { segment })
  } else {
    report.failed('segment-hash', 'altered', { segment })
  }
}

// How it was cut is part of what is said, good or not: whole segments from key frame to key frame, or a picture drawn anew.
function checkCut(report: Report, lineage: Lineage): void {
  if (lineage.kind === 'still') {
    const { width, height, atMs, segment } = lineage
    report.warned('cut', 'drawn-by-viewer', { segment: segment.sequence, detail: { width, height, atMs } })
    return
  }
  const { segments, askedFromMs, askedToMs, ofSequences } = lineage
  const [first, last] = [segments[0], segments.at(-1)]
  if (first !== undefined && last !== undefined) {
    const fromMs = first.startMs
    const toMs = last.startMs + last.durationMs
    const detail = { fromMs, toMs, askedFromMs, askedToMs, from: first.sequence, to: last.sequence, ofSequences }
    report.passed('cut', { detail, code: 'whole-segments' })
  }
}

function conclude(report: Report, lineage: Lineage | null, trust: Trust | null): DerivativeVerification {
  const checks = report.checks()
  const failed = checks.some(({ status }) => status === 'failed')
  const isOpen = trust === null || checks.some((one) => one.id === 'lineage-signature' && one.status === 'not-checked')
  const consistent = isOpen ? 'origin-not-established' : 'holds'
  const result = lineage === null ? 'not-a-derivative' : failed ? 'fails' : consistent
  return { result, exitCode: exitCodes[result], lineage, checks }
}
