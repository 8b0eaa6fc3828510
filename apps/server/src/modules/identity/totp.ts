import { createHmac } from 'node:crypto'

/** RFC 6238 with what every authenticator app understands: SHA-1, six digits, 30 s. */
const stepSeconds = 30
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Bytes of a new secret: as long as the hash (RFC 4226 §4, R6). */
export const secretBytes = 20

/** The code of a time step (RFC 4226 §5.3). */
export function codeAt(secret: Uint8Array, step: number, digits = 6): string {
  const counter = new Uint8Array(8)
  new DataView(counter.buffer).setBigUint64(0, BigInt(step))
  const hash = createHmac('sha1', secret).update(counter).digest()
  const offset = (hash.at(-1) ?? 0) & 0xf
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits).padStart(digits, '0')
}

export function stepOf(nowMs: number): number {
  return Math.floor(nowMs / 1000 / stepSeconds)
}

/**
 * The step whose code this is, or null. One step of clock error either way; a step at or before `lastStep` is
 * refused, so that a code seen over a shoulder works no second time (RFC 6238 §5.2).
 */
export function matchingStep(
  secret: Uint8Array,
  code: string,
  given: { readonly nowMs: number; readonly lastStep: number | null },
): number | null {
  const now = stepOf(given.nowMs)
  const steps = [now, now - 1, now + 1].filter((step) => step >= 0 && step > (given.lastStep ?? -1))
  const typed = code.replaceAll(' ', '')
  return steps.find((step) => codeAt(secret, step) === typed) ?? null
}

/** RFC 4648 §6 without padding: how a secret is typed by hand. */
export function toBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{1,5}/g) ?? []
  return groups.map((group) => base32.charAt(Number.parseInt(group.padEnd(5, '0'), 2))).join('')
}

/** What the QR code of an authenticator app carries (Key Uri Format). */
export function otpauthUri(secret: Uint8Array, issuer: string, account: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  return `otpauth://totp/${label}?secret=${toBase32(secret)}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=6&period=30`
}
