import type { CustodyProof } from '../custody.ts'
import { openManifest } from '../manifest.ts'
import { statementHash } from '../statement.ts'
import { encodeTrust, type Trust } from '../trust.ts'
import type { Crc32 } from '../zip/crc32.ts'
import { type MemberToWrite, writeArchive } from '../zip/writer.ts'
import {
  conflictName,
  type DisclosedPositions,
  encodeEnrolment,
  encodeEntries,
  encodePackageContent,
  encodePositions,
  encodeSheet,
  mediaName,
  memberNames,
  packagePayloadType,
  positionsName,
  statementName,
} from './content.ts'

/** All that goes into a package. What is large is asked for piece by piece, in order, once. */
export type PackageParts = {
  /** The custody sheet for people, in Spanish. */
  readonly sheet: string
  /** The installation's own trust file: a claim, for readers who have none. */
  readonly origin: Trust
  /** Manifest envelope. */
  readonly manifest: Uint8Array
  /** The first manifest's envelope, when `manifest` is a supplement. */
  readonly firstManifest: Uint8Array | null
  readonly enrolment: CustodyProof
  /** Custody entries, all proved against `checkpoint`. */
  readonly entries: readonly CustodyProof[]
  /** Signed note. */
  readonly checkpoint: string
  readonly init: Uint8Array | null
  /** Statement envelope of a sequence named in the manifest. */
  readonly statement: (sequence: number) => Promise<Uint8Array>
  /** Media of a sequence; null for a gap or a stop. */
  readonly media: (sequence: number) => Promise<Uint8Array | null>
  /** Positions to disclose; null to withhold them. */
  readonly positions: (sequence: number) => Promise<DisclosedPositions | null>
  /** Envelopes that conflict with the manifest's statement for their sequence. */
  readonly conflicts: readonly { readonly sequence: number; readonly statement: Uint8Array }[]
  readonly exportEntry: string | null
  readonly madeAtMs: number
  /** Signs with the package key; answers an envelope. */
  readonly sign: (payloadType: string, payload: Uint8Array) => Promise<Uint8Array>
  /** A native CRC-32, where the runtime has one. */
  readonly crc32?: Crc32
}

/**
 * Streams an evidence package. Memory stays at one segment. Throws TypeError when the manifest does not open; a
 * `sign`, `statement` or `media` that rejects ends the stream with its error.
 */
export async function* buildPackage(parts: PackageParts): AsyncGenerator<Uint8Array> {
  const manifest = openManifest(parts.manifest)
  if (!manifest.ok) {
    throw new TypeError(manifest.code)
  }
  const { installation, municipality, recording, statements } = manifest.value.value
  const sequences = statements.map(({ sequence }) => sequence)
  yield* writeArchive(
    membersOf(parts, sequences),
    async (members) => {
      const { exportEntry, madeAtMs } = parts
      const content = { format: 1, installation, municipality, recording, madeAtMs, exportEntry, members } as const
      return { name: memberNames.signature, bytes: await parts.sign(packagePayloadType, encodePackageContent(content)) }
    },
    parts.crc32,
  )
}

// In the order of the bytes of their names, which the writer enforces.
async function* membersOf(parts: PackageParts, sequences: readonly number[]): AsyncGenerator<MemberToWrite> {
  yield { name: memberNames.sheet, bytes: encodeSheet(parts.sheet) }
  yield* await conflictMembers(parts)
  yield { name: memberNames.checkpoint, bytes: encodeSheet(parts.checkpoint) }
  yield { name: memberNames.entries, bytes: encodeEntries(parts.entries) }
  yield { name: memberNames.enrolment, bytes: encodeEnrolment(parts.enrolment) }
  if (parts.firstManifest !== null) {
    yield { name: memberNames.firstManifest, bytes: parts.firstManifest }
  }
  yield { name: memberNames.manifest, bytes: parts.manifest }
  for (const sequence of sequences) {
    const bytes = await parts.media(sequence)
    if (bytes !== null) {
      yield { name: mediaName(sequence), bytes }
    }
  }
  if (parts.init !== null) {
    yield { name: memberNames.init, bytes: parts.init }
  }
  yield { name: memberNames.origin, bytes: encodeTrust(parts.origin) }
  for (const sequence of sequences) {
    const disclosed = await parts.positions(sequence)
    if (disclosed !== null) {
      yield { name: positionsName(sequence), bytes: encodePositions(disclosed) }
    }
  }
  for (const sequence of sequences) {
    yield { name: statementName(sequence), bytes: await parts.statement(sequence) }
  }
}

async function conflictMembers(parts: PackageParts): Promise<readonly MemberToWrite[]> {
  const members = await Promise.all(
    parts.conflicts.map(async ({ sequence, statement }) => ({
      name: conflictName(sequence, await statementHash(statement)),
      bytes: statement,
    })),
  )
  return members.sort((left, right) => (left.name < right.name ? -1 : 1))
}
