import type { CustodyProof } from '../custody.ts'
import { fileBlockName } from '../file-recording.ts'
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
import {
  type DisclosedNote,
  type ExportProof,
  encodeExport,
  encodeNotes,
  type PackedTimestamp,
  timestampName,
} from './extras.ts'

/** All that goes into a package. What is large is asked for piece by piece, in order, once. */
export type PackageParts = {
  /** The custody sheet for people, in Spanish. */
  readonly sheet: string
  /** The same as a tagged PDF; null to leave it out, as with all that follows and may be null. */
  readonly sheetPdf: Uint8Array | null
  /** CASE/UCO as JSON-LD, for other tools. */
  readonly caseGraph: Uint8Array | null
  /** A copy of the offline verifier: convenience, and no more to be trusted than the package. */
  readonly verifier: Uint8Array | null
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
  /** Blocks, in order, of the file that a sequence states; null for anything else. Absent: there are no files. */
  readonly file?: (sequence: number) => AsyncIterable<Uint8Array> | null
  /** Positions to disclose; null to withhold them. */
  readonly positions: (sequence: number) => Promise<DisclosedPositions | null>
  /** Envelopes that conflict with the manifest's statement for their sequence. */
  readonly conflicts: readonly { readonly sequence: number; readonly statement: Uint8Array }[]
  /** Leaf hash of the export's own entry: one of `entries`, or else the one that `exportProof` opens. */
  readonly exportEntry: string
  readonly exportProof: ExportProof | null
  readonly notes: readonly DisclosedNote[]
  readonly timestamps: readonly PackedTimestamp[]
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
  yield* optional(memberNames.case, parts.caseGraph)
  yield* await conflictMembers(parts)
  yield* optional(memberNames.sheetPdf, parts.sheetPdf)
  yield { name: memberNames.checkpoint, bytes: encodeSheet(parts.checkpoint) }
  yield { name: memberNames.entries, bytes: encodeEntries(parts.entries) }
  yield* optional(memberNames.export, parts.exportProof === null ? null : encodeExport(parts.exportProof))
  yield* optional(memberNames.notes, parts.notes.length === 0 ? null : encodeNotes(parts.notes))
  yield { name: memberNames.enrolment, bytes: encodeEnrolment(parts.enrolment) }
  yield* fileMembers(parts, sequences)
  yield* optional(memberNames.firstManifest, parts.firstManifest)
  yield { name: memberNames.manifest, bytes: parts.manifest }
  for (const sequence of sequences) {
    const bytes = await parts.media(sequence)
    if (bytes !== null) {
      yield { name: mediaName(sequence), bytes }
    }
  }
  yield* optional(memberNames.init, parts.init)
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
  const stamps = parts.timestamps.map((stamp) => ({ name: timestampName(stamp), bytes: stamp.token }))
  yield* stamps.sort((left, right) => (left.name < right.name ? -1 : 1))
  yield* optional(memberNames.verifier, parts.verifier)
}

function optional(name: string, bytes: Uint8Array | null): readonly MemberToWrite[] {
  return bytes === null ? [] : [{ name, bytes }]
}

async function* fileMembers(parts: PackageParts, sequences: readonly number[]): AsyncGenerator<MemberToWrite> {
  for (const sequence of sequences) {
    let block = 0
    for await (const bytes of parts.file?.(sequence) ?? []) {
      yield { name: fileBlockName(sequence, block), bytes }
      block += 1
    }
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
