import { type Bytes, toHex, utf8 } from '../bytes.ts'
import { encodeCanonical, type JsonObject } from '../canonical-json.ts'
import { type CustodyProof, custodyProofShape } from '../custody.ts'
import type { Result } from '../result.ts'
import { type Check, hash, instantMs, integer, list, nullable, oneOf, shape, text, uuid } from '../shape.ts'
import { encodePayload, type Opened, openSigned, type SignedProblem } from '../signed.ts'
import type { Position } from '../statement.ts'
import { maximumEntries, maximumMemberBytes } from '../zip/layout.ts'
import type { WrittenMember } from '../zip/writer.ts'
import { timestampedBy } from './extras.ts'

export const packagePayloadType = 'application/vnd.sereno.package+json;v=1'

/** Where things stand in a package. */
export const memberNames = {
  sheet: 'HOJA-DE-CUSTODIA.txt',
  case: 'case.jsonld',
  sheetPdf: 'custody.pdf',
  checkpoint: 'custody/checkpoint.txt',
  entries: 'custody/entries.json',
  export: 'custody/export.json',
  notes: 'custody/notes.json',
  enrolment: 'device/enrolment.json',
  firstManifest: 'first-manifest.json',
  manifest: 'manifest.json',
  init: 'media/init.mp4',
  origin: 'origin.json',
  verifier: 'verify.html',
  signature: 'signature.json',
} as const

/** The payload of the last member: everything before it, in order. */
export type PackageContent = {
  readonly format: 1
  readonly installation: string
  readonly municipality: string
  readonly recording: string
  readonly madeAtMs: number
  /** RFC 6962 leaf hash of the ledger entry of this export. */
  readonly exportEntry: string
  readonly members: readonly WrittenMember[]
}

export type DisclosedPositions = { readonly salt: Uint8Array; readonly positions: readonly Position[] }

type PositionsMember = { readonly format: 1; readonly salt: string; readonly positions: readonly Position[] }
type EntriesMember = { readonly format: 1; readonly entries: readonly CustodyProof[] }
type EnrolmentMember = { readonly format: 1; readonly entry: CustodyProof }

const maximumSequence = 99_999_999

const packageShape: Check<PackageContent> = shape<PackageContent>({
  format: oneOf(1),
  installation: uuid,
  municipality: uuid,
  recording: uuid,
  madeAtMs: instantMs,
  exportEntry: hash,
  members: list(
    shape<WrittenMember>({
      name: text(/^[\x21-\x7e]{1,100}$/),
      sizeBytes: integer(0, maximumMemberBytes),
      crc32: integer(0, 0xffffffff),
      sha256: hash,
    }),
    maximumEntries,
  ),
})

const wholeE7 = (degrees: number): Check<number> => integer(-degrees * 10_000_000, degrees * 10_000_000)

const positionShape: Check<Position> = shape<Position>({
  wallClockMs: instantMs,
  latitudeE7: wholeE7(90),
  longitudeE7: wholeE7(180),
  accuracyCm: integer(0),
  altitudeCm: nullable(integer(-1_000_000_000, 1_000_000_000)),
  speedCmPerSecond: nullable(integer(0)),
  headingCentidegrees: nullable(integer(0, 35_999)),
})

export const positionsShape: Check<PositionsMember> = shape<PositionsMember>({
  format: oneOf(1),
  salt: hash,
  positions: list(positionShape, 100_000),
})

export const entriesShape: Check<EntriesMember> = shape<EntriesMember>({
  format: oneOf(1),
  entries: list(custodyProofShape, 20_000),
})

export const enrolmentShape: Check<EnrolmentMember> = shape<EnrolmentMember>({
  format: oneOf(1),
  entry: custodyProofShape,
})

export function encodePackageContent(content: PackageContent): Bytes {
  return encodePayload({ ...content, members: [...content.members] }, packageShape)
}

export function openPackageContent(envelope: Uint8Array): Result<Opened<PackageContent>, SignedProblem> {
  return openSigned(envelope, packagePayloadType, packageShape)
}

export function encodeEntries(entries: readonly CustodyProof[]): Bytes {
  return encodeCanonical({ format: 1, entries: entries.map(proofJson) })
}

export function encodeEnrolment(entry: CustodyProof): Bytes {
  return encodeCanonical({ format: 1, entry: proofJson(entry) })
}

export function encodePositions({ salt, positions }: DisclosedPositions): Bytes {
  return encodeCanonical({ format: 1, salt: toHex(salt), positions: positions.map((position) => ({ ...position })) })
}

export function statementName(sequence: number): string {
  return `statements/${digitsOf(sequence)}.json`
}

export function mediaName(sequence: number): string {
  return `media/${digitsOf(sequence)}.m4s`
}

export function positionsName(sequence: number): string {
  return `positions/${digitsOf(sequence)}.json`
}

export function conflictName(sequence: number, statementHash: string): string {
  return `conflicts/${digitsOf(sequence)}-${statementHash.slice(0, 16)}.json`
}

/** The sequence that a member belongs to, or null for those of the whole package. */
export function sequenceOfMember(name: string): number | null {
  const match = /^(?:statements|media|positions|conflicts|files)\/(\d{8})[./-]/.exec(name)
  return match?.[1] === undefined ? null : Number(match[1])
}

/** Whether a package may hold a member of this name at all. */
export function isKnownMember(name: string): boolean {
  const fixed: readonly string[] = Object.values(memberNames)
  const perSegment =
    /^(?:statements\/\d{8}\.json|media\/\d{8}\.m4s|files\/\d{8}\/\d{8}\.block|positions\/\d{8}\.json|conflicts\/\d{8}-[0-9a-f]{16}\.json)$/
  return fixed.includes(name) || perSegment.test(name) || timestampedBy(name) !== null
}

export function encodeSheet(sheet: string): Bytes {
  return utf8(sheet)
}

function proofJson(entry: CustodyProof): JsonObject {
  return { ...entry, leaf: { ...entry.leaf }, openings: entry.openings.map((opening) => ({ ...opening })) }
}

function digitsOf(sequence: number): string {
  if (sequence > maximumSequence) {
    throw new RangeError('a package holds sequences up to 99999999')
  }
  return String(sequence).padStart(8, '0')
}
