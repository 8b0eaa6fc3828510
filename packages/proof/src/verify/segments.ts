import { fromHex } from '../bytes.ts'
import { isSignedBy } from '../dsse.ts'
import type { IncrementalHash } from '../file-recording.ts'
import type { Verifier } from '../keys.ts'
import {
  mediaName,
  memberNames,
  positionsName,
  positionsShape,
  sequenceOfMember,
  statementName,
} from '../package/content.ts'
import type { KnownStatement } from '../recording.ts'
import { type MediaStatement, openStatement, positionsCommitment } from '../statement.ts'
import { checkFile } from './files.ts'
import { type Members, readJson } from './members.ts'
import type { Report } from './report.ts'

export type ReadSegments = {
  /** Statements that could be read, signed or not, one for each sequence. */
  readonly statements: readonly KnownStatement[]
  readonly conflicts: readonly KnownStatement[]
}

/** The device's key: null when it is not known, so that no signature can be checked. */
export type DeviceKey = Verifier | 'unsupported' | null

/** Every statement and its media: signature, size, hash. Damage is reported under the segment's sequence. */
export async function readSegments(
  members: Members,
  report: Report,
  key: DeviceKey,
  hasher: () => IncrementalHash,
): Promise<ReadSegments> {
  const sequences = members.entries
    .filter(({ name }) => name.startsWith('statements/'))
    .map(({ name }) => sequenceOfMember(name))
    .filter((sequence) => sequence !== null)
  const statements: KnownStatement[] = []
  for (const sequence of sequences) {
    const known = await readStatement(members, report, key, statementName(sequence), sequence)
    if (known !== null) {
      statements.push(known)
      await checkMedia(members, report, known)
      await checkFile(members, report, known, hasher)
      await checkPositions(members, report, known)
    }
  }
  await reportStrays(members, report, new Set(sequences))
  await checkInit(members, report, statements)
  reportWithheld(report, members, statements)
  return { statements, conflicts: await readConflicts(members, report, key) }
}

async function readStatement(
  members: Members,
  report: Report,
  key: DeviceKey,
  name: string,
  sequence: number,
): Promise<KnownStatement | null> {
  const about = { segment: sequence, detail: { member: name } }
  const member = await members.read(name)
  if (member === null) {
    report.failed('statement-signature', 'member-missing', about)
    return null
  }
  const opened = openStatement(member.bytes)
  if (!opened.ok) {
    report.failed('statement-signature', opened.code, about)
    return null
  }
  const { statement, envelope } = opened.value
  if (statement.body.sequence !== sequence) {
    report.failed('statement-signature', 'wrong-sequence', about)
    return null
  }
  if (key === null || key === 'unsupported') {
    report.notChecked('statement-signature', key === null ? 'no-device-key' : 'unsupported-algorithm', about)
  } else if (await isSignedBy(envelope, key)) {
    report.passed('statement-signature', about)
  } else {
    report.failed('statement-signature', 'bad-signature', about)
  }
  return { hash: member.sha256, statement }
}

async function checkMedia(members: Members, report: Report, { statement }: KnownStatement): Promise<void> {
  if (statement.kind !== 'media') {
    return
  }
  const { sequence, media } = statement.body
  const name = mediaName(sequence)
  const about = { segment: sequence, detail: { member: name, sizeBytes: media.sizeBytes } }
  const member = await members.read(name)
  if (member === null) {
    report.failed('segment-hash', 'member-missing', about)
  } else if (member.bytes.length !== media.sizeBytes || member.sha256 !== media.sha256) {
    report.failed('segment-hash', 'altered', about)
  } else {
    report.passed('segment-hash', about)
  }
}

async function checkPositions(members: Members, report: Report, { statement }: KnownStatement): Promise<void> {
  const name = positionsName(statement.body.sequence)
  if (statement.kind !== 'media' || !members.has(name)) {
    return
  }
  const about = { segment: statement.body.sequence, detail: { member: name } }
  const disclosed = await readJson(members, name, positionsShape)
  const salt = disclosed === null ? null : fromHex(disclosed.salt)
  const opens =
    disclosed !== null &&
    salt !== null &&
    statement.body.positions === (await positionsCommitment(salt, disclosed.positions))
  if (opens) {
    report.passed('positions', about)
  } else {
    report.failed('positions', 'commitment-differs', about)
  }
}

// Media or positions whose statement is not there, or is of a kind that has none.
async function reportStrays(members: Members, report: Report, sequences: ReadonlySet<number>): Promise<void> {
  for (const { name } of members.entries) {
    const sequence = sequenceOfMember(name)
    if (sequence === null || members.hashes.has(name) || name.startsWith('conflicts/')) {
      continue
    }
    await members.read(name)
    const code = sequences.has(sequence) ? 'unexpected-media' : 'no-statement'
    report.failed('segment-hash', code, { segment: sequence, detail: { member: name } })
  }
}

async function checkInit(members: Members, report: Report, statements: readonly KnownStatement[]): Promise<void> {
  const detail = { member: memberNames.init }
  const init = statements.map(({ statement }) => statement).find(({ kind }) => kind === 'media')
  const member = await members.read(memberNames.init)
  if (init?.kind !== 'media') {
    if (member !== null) {
      report.failed('segment-hash', 'unexpected-media', { detail })
    }
  } else if (member === null) {
    report.failed('segment-hash', 'member-missing', { detail })
  } else if (member.sha256 !== init.body.init) {
    report.failed('segment-hash', 'altered', { detail })
  } else {
    report.passed('segment-hash', { detail })
  }
}

function reportWithheld(report: Report, members: Members, statements: readonly KnownStatement[]): void {
  const bodies: readonly MediaStatement[] = statements.flatMap(({ statement }) =>
    statement.kind === 'media' ? [statement.body] : [],
  )
  const withheld = bodies.filter(
    ({ sequence, positions }) => positions !== null && !members.has(positionsName(sequence)),
  )
  if (withheld.length > 0) {
    report.notChecked('positions', 'withheld', { detail: { count: withheld.length } })
  }
}

async function readConflicts(members: Members, report: Report, key: DeviceKey): Promise<readonly KnownStatement[]> {
  const conflicts: KnownStatement[] = []
  for (const { name } of members.entries) {
    const sequence = name.startsWith('conflicts/') ? sequenceOfMember(name) : null
    const known = sequence === null ? null : await readStatement(members, report, key, name, sequence)
    if (known !== null) {
      conflicts.push(known)
    }
  }
  return conflicts
}
