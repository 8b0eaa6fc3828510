/**
 * Whether bytes are one DER value (X.690 §10) as far as form goes: definite lengths of the fewest bytes, nothing after the
 * value, low tag numbers, whole numbers without needless bytes, booleans 00 or FF. The ASN.1 library reads any BER; two
 * verifiers that must agree on every bit need one form.
 */
export function isDer(bytes: Uint8Array): boolean {
  return endOfValue(bytes, 0, 0) === bytes.length
}

const deepest = 32

/** Where the value that begins at `start` ends, or -1. */
function endOfValue(bytes: Uint8Array, start: number, depth: number): number {
  const tag = bytes[start] ?? 0
  const header = readLength(bytes, start + 1)
  if (depth > deepest || !isTag(tag) || header === null) {
    return -1
  }
  const end = header.at + header.length
  if (end > bytes.length) {
    return -1
  }
  if ((tag & 0x20) === 0) {
    return isPrimitive(tag, bytes.subarray(header.at, end)) ? end : -1
  }
  let at = header.at
  while (at < end) {
    at = endOfValue(bytes.subarray(0, end), at, depth + 1)
    if (at < 0) {
      return -1
    }
  }
  return end
}

// Of the universal types a sequence and a set are constructed, and no other.
function isTag(tag: number): boolean {
  const number = tag & 0x1f
  const isUniversal = tag < 0x40
  const isConstructed = (tag & 0x20) !== 0
  return tag !== 0 && number !== 0x1f && (!isUniversal || isConstructed === (number === 0x10 || number === 0x11))
}

function readLength(bytes: Uint8Array, at: number): { readonly at: number; readonly length: number } | null {
  const first = bytes[at]
  if (first === undefined || first === 0x80 || first > 0x84) {
    return null
  }
  if (first < 0x80) {
    return { at: at + 1, length: first }
  }
  const size = first - 0x80
  let length = 0
  for (const byte of bytes.subarray(at + 1, at + 1 + size)) {
    length = length * 256 + byte
  }
  const isShort = length >= 0x80 && (size === 1 || length >= 256 ** (size - 1))
  return at + 1 + size <= bytes.length && isShort ? { at: at + 1 + size, length } : null
}

function isPrimitive(tag: number, content: Uint8Array): boolean {
  const [first = 0, second = 0] = content
  switch (tag) {
    case 0x01:
      return content.length === 1 && (first === 0 || first === 0xff)
    case 0x02: {
      const isPadded = content.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))
      return content.length > 0 && !isPadded
    }
    case 0x05:
      return content.length === 0
    case 0x06:
      return content.length > 0
    default:
      return true
  }
}
