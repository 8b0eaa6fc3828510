import { toHex } from './bytes.ts'
import type { IncrementalHash } from './file-recording.ts'

/*
 * SHA-256 (FIPS 180-4) piece by piece. WebCrypto has no such thing, and a file of gigabytes has one hash: this is for it
 * alone, where the runtime gives nothing faster.
 */

const blockBytes = 64
const constants = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
])

/** A hash that is fed piece by piece; `digest` is lower-case hexadecimal, asked for once. */
export function createSha256(): IncrementalHash {
  const state = new Int32Array([
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  ])
  const schedule = new Int32Array(64)
  const pending = new Uint8Array(blockBytes)
  let pendingBytes = 0
  let totalBytes = 0

  function update(bytes: Uint8Array): void {
    totalBytes += bytes.length
    let at = 0
    if (pendingBytes > 0) {
      at = Math.min(bytes.length, blockBytes - pendingBytes)
      pending.set(bytes.subarray(0, at), pendingBytes)
      pendingBytes += at
      if (pendingBytes < blockBytes) {
        return
      }
      compress(state, schedule, pending, 0)
      pendingBytes = 0
    }
    for (; at + blockBytes <= bytes.length; at += blockBytes) {
      compress(state, schedule, bytes, at)
    }
    pending.set(bytes.subarray(at))
    pendingBytes = bytes.length - at
  }

  function digest(): string {
    const lengthBits = BigInt(totalBytes) * 8n
    const paddingBytes = (pendingBytes < blockBytes - 8 ? blockBytes : 2 * blockBytes) - pendingBytes
    const padding = new Uint8Array(paddingBytes)
    padding[0] = 0x80
    new DataView(padding.buffer).setBigUint64(paddingBytes - 8, lengthBits)
    update(padding)
    const bytes = new Uint8Array(32)
    const view = new DataView(bytes.buffer)
    for (const [place, word] of state.entries()) {
      view.setInt32(place * 4, word)
    }
    return toHex(bytes)
  }

  return { update, digest }
}

// One block of 64 bytes. The indexes are in range by construction; `?? 0` is for the type alone and costs nothing.
function compress(state: Int32Array, schedule: Int32Array, bytes: Uint8Array, start: number): void {
  for (let t = 0; t < 16; t += 1) {
    const at = start + t * 4
    schedule[t] =
      ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
  }
  for (let t = 16; t < 64; t += 1) {
    const x = schedule[t - 15] ?? 0
    const y = schedule[t - 2] ?? 0
    const small0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const small1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
    schedule[t] = ((schedule[t - 16] ?? 0) + small0 + (schedule[t - 7] ?? 0) + small1) | 0
  }
  let a = state[0] ?? 0
  let b = state[1] ?? 0
  let c = state[2] ?? 0
  let d = state[3] ?? 0
  let e = state[4] ?? 0
  let f = state[5] ?? 0
  let g = state[6] ?? 0
  let h = state[7] ?? 0
  for (let t = 0; t < 64; t += 1) {
    const large1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const first = (h + large1 + ((e & f) ^ (~e & g)) + (constants[t] ?? 0) + (schedule[t] ?? 0)) | 0
    const large0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const second = (large0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  state[0] = ((state[0] ?? 0) + a) | 0
  state[1] = ((state[1] ?? 0) + b) | 0
  state[2] = ((state[2] ?? 0) + c) | 0
  state[3] = ((state[3] ?? 0) + d) | 0
  state[4] = ((state[4] ?? 0) + e) | 0
  state[5] = ((state[5] ?? 0) + f) | 0
  state[6] = ((state[6] ?? 0) + g) | 0
  state[7] = ((state[7] ?? 0) + h) | 0
}
