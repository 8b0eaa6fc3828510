const encoder = new TextEncoder()
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const hexDigits = '0123456789abcdef'
const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const base64UrlAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Bytes that WebCrypto accepts: never backed by shared memory. */
export type Bytes = Uint8Array<ArrayBuffer>

/** UTF-8 bytes of a text. Throws TypeError on a lone surrogate, which has no UTF-8 form. */
export function utf8(text: string): Bytes {
  if (!text.isWellFormed()) {
    throw new TypeError('text holds a lone surrogate')
  }
  return encoder.encode(text)
}

/** The text of strict UTF-8 bytes (a byte order mark is kept as a character), or null. */
export function fromUtf8(bytes: Uint8Array): string | null {
  try {
    return strictDecoder.decode(bytes)
  } catch {
    return null
  }
}

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) {
    text += hexDigits.charAt(byte >> 4) + hexDigits.charAt(byte & 15)
  }
  return text
}

/** Strict: lower case only, even length. Null otherwise. */
export function fromHex(text: string): Bytes | null {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) {
    return null
  }
  const bytes = new Uint8Array(text.length / 2)
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = Number.parseInt(text.slice(index * 2, index * 2 + 2), 16)
  }
  return bytes
}

/** RFC 4648 §4, padded. */
export function toBase64(bytes: Uint8Array): string {
  const text = encodeSextets(bytes, base64Alphabet)
  return text + '='.repeat((4 - (text.length % 4)) % 4)
}

/** Strict RFC 4648 §4: padded, no white space, unused bits zero. Null otherwise. */
export function fromBase64(text: string): Bytes | null {
  if (text.length % 4 !== 0) {
    return null
  }
  const body = text.endsWith('==') ? text.slice(0, -2) : text.endsWith('=') ? text.slice(0, -1) : text
  return (4 - (body.length % 4)) % 4 === text.length - body.length ? decodeSextets(body, base64Values) : null
}

/** RFC 4648 §5 without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return encodeSextets(bytes, base64UrlAlphabet)
}

/** Strict RFC 4648 §5: no padding, unused bits zero. Null otherwise. */
export function fromBase64Url(text: string): Bytes | null {
  return decodeSextets(text, base64UrlValues)
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  return concatAll(parts)
}

/** {@link concat} for lists longer than a call may have arguments. */
export function concatAll(parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((sizeBytes, part) => sizeBytes + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

/** Order by unsigned bytes, shorter first on a common prefix. Not constant-time: never for secrets. */
export function compare(left: Uint8Array, right: Uint8Array): number {
  const common = Math.min(left.length, right.length)
  for (let index = 0; index < common; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) {
      return difference
    }
  }
  return left.length - right.length
}

export function equal(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && compare(left, right) === 0
}

/** Unsigned 32-bit big-endian. Throws RangeError when the number does not fit. */
export function u32be(value: number): Bytes {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw new RangeError('not an unsigned 32-bit integer')
  }
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

/** Reads what {@link u32be} wrote; the caller has checked that four bytes are there. */
export function readU32be(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset)
}

/** The same bytes for WebCrypto; copied only when they lie in shared memory. */
export function unshared(bytes: Uint8Array): Bytes {
  return isUnshared(bytes) ? bytes : new Uint8Array(bytes)
}

function isUnshared(bytes: Uint8Array): bytes is Bytes {
  return bytes.buffer instanceof ArrayBuffer
}

const base64Values = sextetValues(base64Alphabet)
const base64UrlValues = sextetValues(base64UrlAlphabet)

// By character code; 255 where the character is none of the alphabet's.
function sextetValues(alphabet: string): Uint8Array {
  const values = new Uint8Array(128).fill(255)
  for (let value = 0; value < alphabet.length; value += 1) {
    values[alphabet.charCodeAt(value)] = value
  }
  return values
}

function encodeSextets(bytes: Uint8Array, alphabet: string): string {
  let text = ''
  for (let index = 0; index < bytes.length; index += 3) {
    const left = bytes.length - index
    const group = ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0)
    const sextets = left >= 3 ? 4 : left + 1
    for (let place = 0; place < sextets; place += 1) {
      text += alphabet.charAt((group >> (18 - place * 6)) & 63)
    }
  }
  return text
}

function decodeSextets(text: string, values: Uint8Array): Bytes | null {
  if (text.length % 4 === 1) {
    return null
  }
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let held = 0
  let heldBits = 0
  let offset = 0
  for (let index = 0; index < text.length; index += 1) {
    const value = values[text.charCodeAt(index)] ?? 255
    if (value === 255) {
      return null
    }
    held = (held << 6) | value
    heldBits += 6
    if (heldBits >= 8) {
      heldBits -= 8
      bytes[offset] = held >> heldBits
      offset += 1
      held &= (1 << heldBits) - 1
    }
  }
  return held === 0 ? bytes : null
}
