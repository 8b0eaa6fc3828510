import { type Bytes, compare, equal, fromHex, toHex, u32be, utf8 } from './bytes.ts'
import { decodeCanonical, encodeCanonical } from './canonical-json.ts'
import { sha256Of } from './hash.ts'
import { inclusionProof, inclusionRoot, leafHash, nodesOf, rootOf } from './merkle.ts'
import { accept, type Result, refuse } from './result.ts'
import { type Check, hash, integer, list, oneOf, shape, text, token, uuid } from './shape.ts'

/** What the public log shows of an entry. Everything else is committed to by `root` and opened field by field. */
export type LedgerLeaf = {
  readonly version: 1
  /** Coarse kind: public counts are counts of leaves by it. */
  readonly kind: string
  readonly municipality: string
  readonly root: string
}

/** A field as the log's keeper has it: the salt hides the value from guessing. */
export type Field = { readonly name: string; readonly value: string; readonly salt: Uint8Array }

/** One field shown to whoever is entitled to it. */
export type Opening = {
  readonly name: string
  readonly value: string
  /** 32 bytes, hexadecimal. */
  readonly salt: string
  /** Place among the fields sorted by the bytes of their names. */
  readonly index: number
  /** How many fields the leaf commits to. */
  readonly count: number
  readonly proof: readonly string[]
}

export const maximumFields = 64
const fieldTag = utf8('sereno-field-v1\0')
const fieldsTag = utf8('sereno-fields-v1\0')
const fieldName = text(/^[a-zA-Z][a-zA-Z0-9.-]{0,63}$/)

export const leafShape: Check<LedgerLeaf> = shape<LedgerLeaf>({
  version: oneOf(1),
  kind: token,
  municipality: uuid,
  root: hash,
})

export const openingShape: Check<Opening> = shape<Opening>({
  name: fieldName,
  value: text(/^.{0,16384}$/su),
  salt: hash,
  index: integer(0, maximumFields - 1),
  count: integer(1, maximumFields),
  proof: list(hash, 8),
})

export function encodeLeaf(leaf: LedgerLeaf): Bytes {
  if (leafShape({ ...leaf }) === undefined) {
    throw new TypeError('not a ledger leaf')
  }
  return encodeCanonical({ ...leaf })
}

export function decodeLeaf(bytes: Uint8Array): Result<LedgerLeaf, 'malformed-leaf'> {
  const decoded = decodeCanonical(bytes)
  const leaf = decoded.ok ? leafShape(decoded.value) : undefined
  return leaf === undefined ? refuse('malformed-leaf') : accept(leaf)
}

/** SHA-256("sereno-field-v1" ‖ 00 ‖ salt ‖ u32be length ‖ name ‖ u32be length ‖ value). */
export async function fieldCommitment(field: Field): Promise<Bytes> {
  const name = utf8(field.name)
  const value = utf8(field.value)
  return sha256Of(fieldTag, field.salt, u32be(name.length), name, u32be(value.length), value)
}

/**
 * The root that a leaf carries: over the fields sorted by name, SHA-256("sereno-fields-v1" ‖ 00 ‖ u32be count ‖
 * RFC 6962 root with the commitments as leaves). Throws TypeError on a repeated name or a salt that is not 32 bytes.
 */
export async function commitFields(fields: readonly Field[]): Promise<string> {
  const sorted = sortFields(fields)
  return toHex(await fieldsRoot(sorted.length, await rootOf(await leavesOf(sorted))))
}

/** Opens one field of the set that {@link commitFields} committed to. */
export async function openField(fields: readonly Field[], name: string): Promise<Opening> {
  const sorted = sortFields(fields)
  const index = sorted.findIndex((field) => field.name === name)
  const field = sorted[index]
  if (field === undefined) {
    throw new RangeError('no such field')
  }
  const proof = await inclusionProof(nodesOf(await leavesOf(sorted)), index, sorted.length)
  return {
    name,
    value: field.value,
    salt: toHex(field.salt),
    index,
    count: sorted.length,
    proof: proof.map(toHex),
  }
}

/** All fields opened. */
export async function openFields(fields: readonly Field[]): Promise<readonly Opening[]> {
  return Promise.all(sortFields(fields).map(({ name }) => openField(fields, name)))
}

/** Whether a leaf commits to this field with this value. */
export async function verifyOpening(leaf: LedgerLeaf, opening: Opening): Promise<boolean> {
  const salt = fromHex(opening.salt)
  const expected = fromHex(leaf.root)
  const proof = opening.proof.map(fromHex).filter((step) => step !== null)
  if (salt?.length !== 32 || expected === null || proof.length !== opening.proof.length) {
    return false
  }
  const committed = await leafHash(await fieldCommitment({ name: opening.name, value: opening.value, salt }))
  const root = await inclusionRoot({ leafHash: committed, index: opening.index, size: opening.count, proof })
  return root !== null && equal(await fieldsRoot(opening.count, root), expected)
}

/**
 * Whether all openings hold together: each one verifies, and their order by index is their order by name, so that
 * no name appears twice. Answers the values by name, or null.
 */
export async function verifyOpenings(
  leaf: LedgerLeaf,
  openings: readonly Opening[],
): Promise<ReadonlyMap<string, string> | null> {
  const sorted = openings.toSorted((left, right) => left.index - right.index)
  for (const [place, opening] of sorted.entries()) {
    const before = sorted[place - 1]
    const follows = before === undefined || (before.index < opening.index && byName(before, opening) < 0)
    if (!follows || !(await verifyOpening(leaf, opening))) {
      return null
    }
  }
  return new Map(sorted.map(({ name, value }) => [name, value]))
}

async function fieldsRoot(count: number, root: Uint8Array): Promise<Bytes> {
  return sha256Of(fieldsTag, u32be(count), root)
}

async function leavesOf(sorted: readonly Field[]): Promise<readonly Uint8Array[]> {
  return Promise.all(sorted.map(async (field) => leafHash(await fieldCommitment(field))))
}

function sortFields(fields: readonly Field[]): readonly Field[] {
  const sorted = fields.toSorted(byName)
  const repeats = sorted.some((field, place) => place > 0 && sorted[place - 1]?.name === field.name)
  const malformed = fields.some(({ name, salt }) => salt.length !== 32 || fieldName(name) === undefined)
  if (repeats || malformed || fields.length === 0 || fields.length > maximumFields) {
    throw new TypeError('not a set of fields')
  }
  return sorted
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return compare(utf8(left.name), utf8(right.name))
}
