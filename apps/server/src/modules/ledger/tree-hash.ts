import { hash } from 'node:crypto'
import { type ClosedNode, type Field, type Frontier, utf8 } from '@sereno/proof'

/*
 * The hashes of packages/proof (RFC 6962; fields of an entry) at once instead of by promises: comparing a million rows
 * takes seconds by these and a quarter of an hour by WebCrypto, and every entry of the ledger is made of thirty of them. A test holds both together.
 */

const leafPrefix = Uint8Array.of(0)
const nodePrefix = Uint8Array.of(1)
const fieldTag = utf8('sereno-field-v1\0')
const fieldsTag = utf8('sereno-fields-v1\0')

export function leafHashNow(bytes: Uint8Array): Uint8Array {
  return sha256(leafPrefix, bytes)
}

/** RFC 6962 §2.1 over leaf hashes. */
export function rootNow(hashes: readonly Uint8Array[]): Uint8Array {
  const [only] = hashes
  if (hashes.length <= 1) {
    return only ?? sha256()
  }
  const split = 2 ** Math.ceil(Math.log2(hashes.length) - 1)
  return nodeNow(rootNow(hashes.slice(0, split)), rootNow(hashes.slice(split)))
}

export function nodeNow(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(nodePrefix, left, right)
}

/** As `appendLeaf`. */
export function appendNow(
  frontier: Frontier,
  hash: Uint8Array,
): { readonly frontier: Frontier; readonly closed: readonly ClosedNode[] } {
  const hashes = [...frontier.hashes]
  const closed: ClosedNode[] = [{ level: 0, index: frontier.size, hash }]
  let index = frontier.size
  let joined = hash
  for (let level = 1; index % 2 === 1; level += 1) {
    joined = nodeNow(hashes.pop() ?? joined, joined)
    index = Math.floor(index / 2)
    closed.push({ level, index, hash: joined })
  }
  hashes.push(joined)
  return { frontier: { size: frontier.size + 1, hashes }, closed }
}

/** As `commitFields`, hexadecimal. */
export function commitNow(fields: readonly Field[]): string {
  // Names are ASCII (evidence format, section 5): the order of their characters is that of their bytes.
  const sorted = fields.toSorted((left, right) => (left.name < right.name ? -1 : 1))
  const leaves = sorted.map(({ name, value, salt }) => {
    const [nameBytes, valueBytes] = [utf8(name), utf8(value)]
    return leafHashNow(
      sha256(fieldTag, salt, length(nameBytes.length), nameBytes, length(valueBytes.length), valueBytes),
    )
  })
  return Buffer.from(sha256(fieldsTag, length(sorted.length), rootNow(leaves))).toString('hex')
}

function length(value: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return hash('sha256', Buffer.concat(parts), 'buffer')
}
