/** CRC-32 of ZIP over `bytes`, continuing from `previous` (0 to begin). The shape of `zlib.crc32`. */
export type Crc32 = (bytes: Uint8Array, previous?: number) => number

const tables = makeTables()
const [t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12, t13, t14, t15] = tables
const isLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

/**
 * CRC-32 (ISO 3309, reflected 0xEDB88320), sixteen bytes at a step over aligned words. About as fast as
 * WebCrypto's SHA-256; a runtime with a native one may be given that instead.
 */
export function crc32(bytes: Uint8Array, previous = 0): number {
  let crc = ~previous
  const unaligned = isLittleEndian ? Math.min(bytes.length, -bytes.byteOffset & 3) : bytes.length
  const groups = (bytes.length - unaligned) >> 4
  crc = byByte(crc, bytes, 0, unaligned)
  crc = bySixteen(crc, new Uint32Array(bytes.buffer, groups === 0 ? 0 : bytes.byteOffset + unaligned, groups * 4))
  crc = byByte(crc, bytes, unaligned + groups * 16, bytes.length)
  return ~crc >>> 0
}

function byByte(start: number, bytes: Uint8Array, from: number, to: number): number {
  let crc = start
  for (let index = from; index < to; index += 1) {
    crc = (t0[(crc ^ (bytes[index] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8)
  }
  return crc
}

// Each word's bytes are looked up in the table that shifts them past what follows ("slicing by 16").
function bySixteen(start: number, words: Uint32Array): number {
  let crc = start
  for (let index = 0; index < words.length; index += 4) {
    const a = crc ^ (words[index] ?? 0)
    const b = words[index + 1] ?? 0
    const c = words[index + 2] ?? 0
    const d = words[index + 3] ?? 0
    crc =
      (t15[a & 0xff] ?? 0) ^
      (t14[(a >>> 8) & 0xff] ?? 0) ^
      (t13[(a >>> 16) & 0xff] ?? 0) ^
      (t12[a >>> 24] ?? 0) ^
      (t11[b & 0xff] ?? 0) ^
      (t10[(b >>> 8) & 0xff] ?? 0) ^
      (t9[(b >>> 16) & 0xff] ?? 0) ^
      (t8[b >>> 24] ?? 0) ^
      (t7[c & 0xff] ?? 0) ^
      (t6[(c >>> 8) & 0xff] ?? 0) ^
      (t5[(c >>> 16) & 0xff] ?? 0) ^
      (t4[c >>> 24] ?? 0) ^
      (t3[d & 0xff] ?? 0) ^
      (t2[(d >>> 8) & 0xff] ?? 0) ^
      (t1[(d >>> 16) & 0xff] ?? 0) ^
      (t0[d >>> 24] ?? 0)
  }
  return crc
}

type Sixteen<T> = readonly [T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T]

function makeTables(): Sixteen<Int32Array> {
  const make = (): Int32Array => new Int32Array(256)
  const made: Sixteen<Int32Array> = [
    make(),
    make(),
    make(),
    make(),
    make(),
    make(),
    make(),
    make(),
    make(),
    make(),
    make(),
    make(),
    make(),
    make(),
    make(),
    make(),
  ]
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte
    for (let bit = 0; bit < 8; bit += 1) {
      crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1
    }
    made[0][byte] = crc
  }
  for (const [place, table] of made.entries()) {
    const before = made[place - 1]
    for (let byte = 0; before !== undefined && byte < 256; byte += 1) {
      const crc = before[byte] ?? 0
      table[byte] = (made[0][crc & 0xff] ?? 0) ^ (crc >>> 8)
    }
  }
  return made
}
