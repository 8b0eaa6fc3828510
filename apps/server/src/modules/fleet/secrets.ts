import { argon2, createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { pinDigits } from './fleet.ts'

/** What the database keeps of a token of 32 random bytes: no salt or stretching is needed for what cannot be guessed. */
export function hashToken(token: string): Uint8Array {
  return createHash('sha256').update(token).digest()
}

// RFC 9106 argon2id. A PIN is short and lives twelve hours: this makes copying the table worthless for a shift.
const cost = { parallelism: 1, tagLength: 32, memory: 8192, passes: 2 }
const derive = promisify(argon2)

/** A PIN for typing, each digit equally likely. */
export function makePin(bytes: (count: number) => Uint8Array): string {
  let pin = ''
  while (pin.length < pinDigits) {
    for (const byte of bytes(2 * pinDigits)) {
      // 250 is the largest multiple of ten in a byte: above it small digits would be likelier.
      pin += byte < 250 && pin.length < pinDigits ? String(byte % 10) : ''
    }
  }
  return pin
}

/** `argon2id$<salt>$<hash>`, base64url. */
export async function hashPin(pin: string, salt: Uint8Array): Promise<string> {
  const hash = await derive('argon2id', { ...cost, message: pin, nonce: salt })
  return `argon2id$${Buffer.from(salt).toString('base64url')}$${hash.toString('base64url')}`
}

export async function isPin(pin: string, hashed: string): Promise<boolean> {
  const [, salt, hash] = hashed.split('$')
  if (salt === undefined || hash === undefined) {
    return false
  }
  const expected = Buffer.from(hash, 'base64url')
  const found = await derive('argon2id', { ...cost, message: pin, nonce: Buffer.from(salt, 'base64url') })
  return found.length === expected.length && timingSafeEqual(found, expected)
}

export type Challenges = {
  readonly make: (device: string, nowMs: number) => string
  /** True once for each nonce, within its time and for its device. */
  readonly spend: (device: string, nonce: string, nowMs: number) => boolean
}

/**
 * Nonces for opening sessions. They carry their own proof (HMAC under a key of this process), so that strangers asking
 * for them fill no memory; only spent ones are remembered until they would have expired.
 */
export function createChallenges(bytes: (count: number) => Uint8Array, validMs: number): Challenges {
  const key = bytes(32)
  const spent = new Map<string, number>()
  const sign = (device: string, expiresAt: string, random: string): string =>
    createHmac('sha256', key).update(`${device}.${expiresAt}.${random}`).digest('base64url')

  return {
    make(device, nowMs) {
      const expiresAt = (nowMs + validMs).toString(36)
      const random = Buffer.from(bytes(18)).toString('base64url')
      // base64url has no dot, and the contract's nonce neither: fixed widths instead of separators.
      return `${expiresAt.padStart(11, '0')}${random}${sign(device, expiresAt, random)}`
    },
    spend(device, nonce, nowMs) {
      const expiresAt = nonce.slice(0, 11).replace(/^0+/, '')
      const proof = Buffer.from(nonce.slice(35))
      const expected = Buffer.from(sign(device, expiresAt, nonce.slice(11, 35)))
      const untilMs = Number.parseInt(expiresAt, 36)
      if (
        proof.length !== expected.length ||
        !timingSafeEqual(proof, expected) ||
        untilMs < nowMs ||
        spent.has(nonce)
      ) {
        return false
      }
      for (const [old, until] of spent) {
        if (until >= nowMs) {
          break
        }
        spent.delete(old)
      }
      spent.set(nonce, untilMs)
      return true
    },
  }
}
