import { type Bytes, fromBase64, toBase64 } from '../bytes.ts'
import { encodeCanonical } from '../canonical-json.ts'
import { type LedgerLeaf, leafShape, type Opening, openingShape } from '../leaf.ts'
import { type Check, hash, list, oneOf, shape, text } from '../shape.ts'

/** What a person wrote, whose SHA-256 stands in the field `note` of an entry: shown to whoever gets the package. */
export type DisclosedNote = {
  /** Leaf hash of the entry. */
  readonly entry: string
  readonly text: string
}

/** The export's own entry where no checkpoint holds it yet: opened, with the log's promise to publish it. */
export type ExportProof = {
  readonly leaf: LedgerLeaf
  readonly openings: readonly Opening[]
  /** Envelope (evidence format, section 6). */
  readonly promise: Uint8Array
}

/** RFC 3161, DER: over the manifest's envelope, over the checkpoint's note, or over an older one of these. */
export type PackedTimestamp = {
  readonly over: 'manifest' | 'checkpoint'
  /** Lower-case letters, digits and hyphens. */
  readonly name: string
  readonly token: Uint8Array
  /** Which renewal it is, of which renewal, and so on down from the first stamp of that name; none for that one. */
  readonly renewal?: readonly number[]
}

type NotesMember = { readonly format: 1; readonly notes: readonly DisclosedNote[] }
type ExportMember = {
  readonly format: 1
  readonly leaf: LedgerLeaf
  readonly openings: readonly Opening[]
  readonly promise: string
}

export const notesShape: Check<NotesMember> = shape<NotesMember>({
  format: oneOf(1),
  notes: list(shape<DisclosedNote>({ entry: hash, text: text(/^.{0,16384}$/su) }), 20_000),
})

export const exportShape: Check<ExportMember> = shape<ExportMember>({
  format: oneOf(1),
  leaf: leafShape,
  openings: list(openingShape, 64),
  promise: text(/^[A-Za-z0-9+/=]{4,65536}$/),
})

const timestampPattern = /^timestamps\/(manifest|checkpoint)-[a-z0-9-]{1,40}((?:\.[1-9][0-9]?){0,15})\.tsr$/

export function encodeNotes(notes: readonly DisclosedNote[]): Bytes {
  return encodeCanonical({ format: 1, notes: notes.map((note) => ({ ...note })) })
}

export function encodeExport({ leaf, openings, promise }: ExportProof): Bytes {
  return encodeCanonical({
    format: 1,
    leaf: { ...leaf },
    openings: openings.map((opening) => ({ ...opening })),
    promise: toBase64(promise),
  })
}

/** The export's proof as it stands in a package, or null. */
export function exportProofOf(member: ExportMember): ExportProof | null {
  const promise = fromBase64(member.promise)
  return promise === null ? null : { leaf: member.leaf, openings: member.openings, promise }
}

export function timestampName({ over, name, renewal = [] }: PackedTimestamp): string {
  return `timestamps/${[`${over}-${name}`, ...renewal].join('.')}.tsr`
}

export type StampedMember = {
  readonly over: PackedTimestamp['over']
  /** Member whose SHA-256 is stamped where this renews an older stamp (RFC 4998 §5.2); null where it is the first. */
  readonly renews: string | null
  /** Renewals before it. */
  readonly depth: number
}

/** What the time stamp of this name is over, or null where the name is none of a time stamp. */
export function timestampedBy(name: string): StampedMember | null {
  const [, over, renewals] = timestampPattern.exec(name) ?? []
  if (over !== 'manifest' && over !== 'checkpoint') {
    return null
  }
  const depth = (renewals ?? '').split('.').length - 1
  return { over, depth, renews: depth === 0 ? null : name.replace(/\.[0-9]+\.tsr$/, '.tsr') }
}
