import type { Envelope } from '../dsse.ts'
import type { IncrementalHash } from '../file-recording.ts'
import { type Manifest, openManifest } from '../manifest.ts'
import {
  isKnownMember,
  memberNames,
  openPackageContent,
  type PackageContent,
  sequenceOfMember,
} from '../package/content.ts'
import type { RecordingFacts } from '../recording.ts'
import { createSha256 } from '../sha256.ts'
import type { Opened } from '../signed.ts'
import type { Source } from '../source.ts'
import { parseTrust, type Trust } from '../trust.ts'
import { type Crc32, crc32 as ownCrc32 } from '../zip/crc32.ts'
import type { Entry } from '../zip/layout.ts'
import { beginsWith, openArchive } from '../zip/reader.ts'
import {
  checkCheckpoint,
  checkEnrolment,
  checkInclusion,
  checkPostQuantum,
  type Enrolment,
  readEnrolment,
} from './ledger.ts'
import { createMembers, type Members } from './members.ts'
import { checkOrder, manifestDifference } from './order.ts'
import { type CheckId, createReport, type Report, type VerificationCheck } from './report.ts'
import { readSegments } from './segments.ts'
import { type SignatureState, signatureBy } from './signatures.ts'
import { type CheckTimestamp, checkTimestamps } from './timestamps.ts'

export type VerificationResult = 'holds' | 'fails' | 'not-a-package' | 'origin-not-established'

export type Verification = {
  readonly result: VerificationResult
  /** holds 0 · fails 1 · not a package 2 · consistent, but its origin is not established 3. */
  readonly exitCode: 0 | 1 | 2 | 3
  /** Goes into the headline: the device was none of flesh and glass. */
  readonly simulated: boolean
  readonly checks: readonly VerificationCheck[]
  /** What the package is about, as far as it could be read; as good as the checks beside it. */
  readonly facts: PackageFacts | null
}

export type PackageFacts = {
  readonly manifest: Manifest
  readonly manifestSha256: string
  readonly madeAtMs: number | null
  readonly startedAtMs: number | null
  readonly endedAtMs: number | null
  readonly mediaBytes: number
  readonly missingMs: number
  readonly keyProtection: 'software' | 'hardware' | null
}

export type VerifyOptions = {
  /** From elsewhere than the package. Without it the result is at best `origin-not-established`. */
  readonly trust?: Trust
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void
  readonly signal?: AbortSignal
  /** Without it time stamps read "not checked". */
  readonly checkTimestamp?: CheckTimestamp
  /** Now. Without it nothing is said of a time stamp whose certificate has ended since. */
  readonly nowMs?: number
  /** A native CRC-32, where the runtime has one. */
  readonly crc32?: Crc32
  /** A native incremental SHA-256, where the runtime has one: whole files are hashed besides their blocks. */
  readonly sha256?: () => IncrementalHash
}

// Without these nothing is established, so "not checked" keeps a package from holding.
const essential: ReadonlySet<CheckId> = new Set([
  'package-signature',
  'statement-signature',
  'manifest',
  'device-enrolment',
  'inclusion',
  'checkpoint',
])

const exitCodes = { holds: 0, fails: 1, 'not-a-package': 2, 'origin-not-established': 3 } as const

/**
 * Verifies an evidence package offline, reading each byte once. Never throws on what it reads: it rejects only when
 * the source itself fails, or when `signal` is aborted.
 */
export async function verifyPackage(source: Source, options: VerifyOptions = {}): Promise<Verification> {
  const report = createReport()
  const archive = await openArchive(source, memberNames.signature)
  if (!archive.ok) {
    report.failed('container', archive.code)
    return conclude(report, await damagedOrOther(source))
  }
  const { entries } = archive.value
  if (!isPackage(entries)) {
    report.failed('container', 'members-missing')
    return conclude(report, await damagedOrOther(source))
  }
  const onProgress = options.onProgress ?? (() => undefined)
  const reading = { report, crc32: options.crc32 ?? ownCrc32, signal: options.signal ?? null }
  const first = createMembers(source, entries, { ...reading, signed: [], onProgress: () => undefined })
  const content = await readContent(first, report)
  const signed = content?.value.members ?? []
  const members = createMembers(source, entries, { ...reading, signed, onProgress })
  return verifyMembers(members, report, options, content)
}

// A damaged package fails; something else was never one.
async function damagedOrOther(source: Source): Promise<VerificationResult> {
  const start = await source.read(0, Math.min(source.sizeBytes, 64))
  return beginsWith(start, memberNames.sheet) ? 'fails' : 'not-a-package'
}

async function verifyMembers(
  members: Members,
  report: Report,
  options: VerifyOptions,
  opened: Opened<PackageContent> | null,
): Promise<Verification> {
  const trust = options.trust ?? null
  const claim = await readClaim(members, report)
  const keys = trust ?? claim
  const content = opened?.value ?? null
  await checkSignature(report, opened, keys)
  const manifest = await readManifest(members, report, keys)
  const { enrolment, key } = await readEnrolment(members, report)
  const read = await readSegments(members, report, key, options.sha256 ?? createSha256)
  const recording = checkOrder(report, read, manifest?.value ?? null)
  checkManifest(report, manifest, recording)
  checkEnrolment(report, enrolment, manifest?.value ?? null)
  const checkpoint = await checkCheckpoint(members, report, keys)
  await checkPostQuantum(report, {
    checkpoint,
    manifest: manifest?.envelope ?? null,
    manifestKeys: keys?.manifestKeys ?? [],
  })
  checkSeen(report, recording, checkpoint?.checkpoint.size ?? null)
  await checkInclusion(members, report, {
    checkpoint,
    enrolment,
    manifest: manifest?.value ?? null,
    manifestSha256: manifest?.sha256 ?? null,
    exportEntry: content?.exportEntry ?? null,
    promiseKeys: keys?.promiseKeys ?? [],
  })
  await checkTimestamps(members, report, {
    trust,
    claim,
    check: options.checkTimestamp ?? null,
    nowMs: options.nowMs ?? null,
  })
  // For people and for other tools: what stands there is signed, and nothing here rests on it.
  for (const name of [memberNames.sheet, memberNames.case, memberNames.sheetPdf, memberNames.verifier]) {
    await members.read(name)
  }
  await checkMembers(members, report, content)
  checkOrigin(report, trust, manifest?.value ?? null, content)
  checkSimulated(report, trust, enrolment)
  return conclude(report, null, {
    trust,
    simulated: enrolment?.simulated === true,
    facts: manifest === null ? null : factsOf(manifest, content, recording),
  })
}

type ReadManifest = {
  readonly value: Manifest
  readonly sha256: string
  readonly state: SignatureState
  readonly envelope: Envelope
}

async function readClaim(members: Members, report: Report): Promise<Trust | null> {
  const member = await members.read(memberNames.origin)
  const claim = member === null ? null : parseTrust(member.bytes)
  if (claim?.ok !== true) {
    report.failed('origin', 'malformed-trust')
    return null
  }
  return claim.value
}

async function readContent(members: Members, report: Report): Promise<Opened<PackageContent> | null> {
  const member = await members.read(memberNames.signature)
  if (member === null) {
    report.failed('package-signature', 'member-missing')
    return null
  }
  const opened = openPackageContent(member.bytes)
  if (!opened.ok) {
    report.failed('package-signature', opened.code)
    return null
  }
  return opened.value
}

async function checkSignature(
  report: Report,
  opened: Opened<PackageContent> | null,
  keys: Trust | null,
): Promise<void> {
  const state = opened === null ? 'good' : await signatureBy(opened.envelope, keys?.packageKeys ?? [])
  if (state === 'unsupported') {
    report.notChecked('package-signature', 'unsupported-algorithm')
  } else if (state !== 'good') {
    report.failed('package-signature', state === 'bad' ? 'bad-signature' : 'unknown-key')
  }
}

async function readManifest(members: Members, report: Report, keys: Trust | null): Promise<ReadManifest | null> {
  const member = await members.read(memberNames.manifest)
  if (member === null) {
    report.failed('manifest', 'member-missing')
    return null
  }
  const opened = openManifest(member.bytes)
  if (!opened.ok) {
    report.failed('manifest', opened.code)
    return null
  }
  const { value, envelope } = opened.value
  const first = await members.read(memberNames.firstManifest)
  if ((first?.sha256 ?? null) !== value.supplementOf) {
    report.failed('manifest', 'first-manifest-differs')
  }
  return { value, sha256: member.sha256, state: await signatureBy(envelope, keys?.manifestKeys ?? []), envelope }
}

function checkManifest(report: Report, manifest: ReadManifest | null, recording: RecordingFacts): void {
  if (manifest === null) {
    return
  }
  const difference = manifestDifference(manifest.value, recording)
  if (difference !== null) {
    report.failed('manifest', difference)
  }
  if (manifest.state === 'unsupported') {
    report.notChecked('manifest', 'unsupported-algorithm')
  } else if (manifest.state !== 'good') {
    report.failed('manifest', manifest.state === 'bad' ? 'bad-signature' : 'unknown-key')
  } else if (difference === null) {
    report.passed('manifest', { detail: { statements: manifest.value.count, sha256: manifest.sha256 } })
  }
}

// A statement cannot have seen a checkpoint newer than the one that the package is proved against.
function checkSeen(report: Report, recording: RecordingFacts, size: number | null): void {
  for (const { statement } of recording.statements) {
    const seen = statement.body.checkpoint
    if (size !== null && seen !== null && seen.size > size) {
      report.failed('order', 'checkpoint-from-later', { segment: statement.body.sequence })
    }
  }
}

// The list that was signed against what was read: names, sizes, hashes, one by one.
async function checkMembers(members: Members, report: Report, content: PackageContent | null): Promise<void> {
  const present = members.entries.slice(0, -1)
  let sound = content !== null
  const fail = (id: CheckId, code: string, name: string): void => {
    sound = false
    report.failed(id, code, { segment: sequenceOfMember(name), detail: { member: name } })
  }
  for (const [place, { name, sizeBytes }] of present.entries()) {
    if (!isKnownMember(name) || !members.hashes.has(name)) {
      fail('container', 'unexpected-member', name)
      await members.read(name)
    }
    const signed = content?.members[place]
    if (content !== null && (signed?.name !== name || signed.sizeBytes !== sizeBytes)) {
      fail('package-signature', 'members-differ', name)
    } else if (signed !== undefined && signed.sha256 !== members.hashes.get(name)) {
      fail('package-signature', 'altered', name)
    }
  }
  for (const { name } of content?.members.slice(present.length) ?? []) {
    fail('package-signature', 'member-missing', name)
  }
  const failed = report.checks().filter(({ status }) => status === 'failed' || status === 'not-checked')
  if (sound && !failed.some(({ id }) => id === 'package-signature')) {
    report.passed('package-signature', { detail: { members: present.length } })
  }
  if (!failed.some(({ id }) => id === 'container')) {
    report.passed('container', { detail: { members: members.entries.length } })
  }
}

function checkOrigin(
  report: Report,
  trust: Trust | null,
  manifest: Manifest | null,
  content: PackageContent | null,
): void {
  const about = [manifest, content].filter((part) => part !== null)
  if (content !== null && manifest !== null && content.recording !== manifest.recording) {
    report.failed('package-signature', 'other-recording')
  }
  if (trust === null) {
    report.notChecked('origin', 'no-trust-file')
  } else if (
    about.some((part) => part.installation !== trust.installation || part.municipality !== trust.municipality)
  ) {
    report.failed('origin', 'other-installation')
  } else {
    report.passed('origin', { detail: { installation: trust.installation, name: trust.name } })
  }
}

function checkSimulated(report: Report, trust: Trust | null, enrolment: Enrolment | null): void {
  if (enrolment === null) {
    report.notChecked('simulated', 'no-enrolment')
  } else if (!enrolment.simulated) {
    report.passed('simulated')
  } else if (trust !== null && !trust.demonstration) {
    report.failed('simulated', 'simulated-in-real-installation')
  } else {
    report.warned('simulated', 'simulated')
  }
}

function isPackage(entries: readonly Entry[]): boolean {
  const names = new Set(entries.map(({ name }) => name))
  return entries[0]?.name === memberNames.sheet && names.has(memberNames.manifest)
}

function factsOf(manifest: ReadManifest, content: PackageContent | null, recording: RecordingFacts): PackageFacts {
  const bodies = recording.statements.map(({ statement }) => statement.body)
  return {
    manifest: manifest.value,
    manifestSha256: manifest.sha256,
    madeAtMs: content?.madeAtMs ?? null,
    startedAtMs: bodies[0]?.wallClockMs ?? null,
    endedAtMs: bodies.at(-1)?.wallClockMs ?? null,
    mediaBytes: recording.mediaBytes,
    missingMs: recording.missingMs,
    keyProtection: bodies[0]?.keyProtection ?? null,
  }
}

function conclude(
  report: Report,
  result: VerificationResult | null,
  found: { readonly trust: Trust | null; readonly simulated: boolean; readonly facts: PackageFacts | null } = {
    trust: null,
    simulated: false,
    facts: null,
  },
): Verification {
  const checks = report.checks()
  const isOpen = found.trust === null || checks.some(({ id, status }) => status === 'not-checked' && essential.has(id))
  const failed = checks.some(({ status }) => status === 'failed')
  const reached = result ?? (failed ? 'fails' : isOpen ? 'origin-not-established' : 'holds')
  return { result: reached, exitCode: exitCodes[reached], simulated: found.simulated, facts: found.facts, checks }
}
