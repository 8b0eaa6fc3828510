import { type Bytes, fromUtf8, utf8 } from './bytes.ts'
import { accept, type Result, refuse } from './result.ts'

/** JSON restricted to what signs the same everywhere: integers, no fractions, no exponents. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export type JsonObject = { readonly [name: string]: Json }

const maximumDepth = 32

/**
 * Canonical JSON (RFC 8785) of a value whose numbers are safe integers.
 * Throws TypeError on anything else: a fraction, -0, a lone surrogate, `undefined`, a member named
 * `__proto__`, an object that is not plain, nesting deeper than 32.
 *
 * @example
 * new TextDecoder().decode(encodeCanonical({ b: 1, a: ['é', null] })) // {"a":["é",null],"b":1}
 */
export function encodeCanonical(value: Json): Bytes {
  return utf8(write(value, 0))
}

/**
 * The value of canonical bytes. Refuses every other spelling of the same value (white space, duplicate or
 * unsorted members, `1.0`, `1e3`, `-0`, needless escapes, a byte order mark), so one value has one hash.
 */
export function decodeCanonical(bytes: Uint8Array): Result<Json, 'not-canonical'> {
  const text = fromUtf8(bytes)
  if (text === null || !isShallow(bytes)) {
    return refuse('not-canonical')
  }
  try {
    const value: Json = JSON.parse(text)
    // Strict UTF-8 is one to one, so equal text is equal bytes.
    return write(value, 0) === text ? accept(value) : refuse('not-canonical')
  } catch {
    return refuse('not-canonical')
  }
}

// Before parsing, because megabytes of opening brackets become gigabytes of nested arrays.
function isShallow(bytes: Uint8Array): boolean {
  let depth = 0
  let isInText = false
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index]
    if (byte === 0x22) {
      isInText = !isInText
    } else if (isInText) {
      index += byte === 0x5c ? 1 : 0
    } else if (byte === 0x5b || byte === 0x7b) {
      depth += 1
      if (depth > maximumDepth + 1) {
        return false
      }
    } else if (byte === 0x5d || byte === 0x7d) {
      depth -= 1
    }
  }
  return true
}

function write(value: Json, depth: number): string {
  if (depth > maximumDepth) {
    throw new TypeError('nested too deeply')
  }
  if (value === null || typeof value === 'boolean') {
    return String(value)
  }
  if (typeof value === 'string') {
    return writeText(value)
  }
  if (typeof value === 'number') {
    return writeInteger(value)
  }
  if (isList(value)) {
    return `[${value.map((item) => write(item, depth + 1)).join(',')}]`
  }
  return writeObject(value, depth)
}

// JSON.stringify escapes exactly as RFC 8785 §3.2.2.2 asks once lone surrogates are out of the way.
function writeText(value: string): string {
  if (!value.isWellFormed()) {
    throw new TypeError('text holds a lone surrogate')
  }
  return JSON.stringify(value)
}

function writeInteger(value: number): string {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
    throw new TypeError('not a safe integer')
  }
  return String(value)
}

// Array.prototype.sort orders by UTF-16 code units, as RFC 8785 §3.2.3 asks.
function writeObject(value: JsonObject, depth: number): string {
  const prototype: unknown = typeof value === 'object' ? Object.getPrototypeOf(value) : undefined
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError('not a plain object')
  }
  const members = Object.keys(value)
    .sort()
    .map((name) => {
      const member = value[name]
      if (name === '__proto__' || member === undefined) {
        throw new TypeError('a member that cannot be written')
      }
      return `${writeText(name)}:${write(member, depth + 1)}`
    })
  return `{${members.join(',')}}`
}

// Array.isArray does not narrow a readonly array away from the object branch.
function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value)
}
