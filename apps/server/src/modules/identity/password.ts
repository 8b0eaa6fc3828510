import { argon2, timingSafeEqual } from 'node:crypto'
import { fromBase64, toBase64 } from '@sereno/proof'

/** OWASP's argon2id parameters: 19 MiB, two passes, one lane. 33 ms on the machine this was written on. */
const current = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const

const phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

/** PHC string of a password. Runs off the main thread. */
export async function hashPassword(password: string, salt: Uint8Array): Promise<string> {
  const tag = await derive(password, salt, current)
  const { memory, passes, parallelism } = current
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`
}

/**
 * Whether the password is the one. `null` (an account without a password, or no account) costs the same time and
 * answers false, so that neither can be told from a wrong password.
 */
export async function isPassword(stored: string | null, password: string): Promise<boolean> {
  const match = phc.exec(stored ?? '')
  const salt = fromBase64(padded(match?.[4] ?? ''))
  const tag = fromBase64(padded(match?.[5] ?? ''))
  if (match === null || salt === null || tag === null || salt.length < 8 || tag.length < 16) {
    await derive(password, new Uint8Array(16), current)
    return false
  }
  const parameters = {
    memory: Number(match[1]),
    passes: Number(match[2]),
    parallelism: Number(match[3]),
    tagLength: tag.length,
  }
  return timingSafeEqual(await derive(password, salt, parameters), tag)
}

/** Whether a stored hash was made with other parameters than today's, so that the next sign-in should renew it. */
export function isOutdated(stored: string): boolean {
  const match = phc.exec(stored)
  return (
    match === null ||
    Number(match[1]) !== current.memory ||
    Number(match[2]) !== current.passes ||
    Number(match[3]) !== current.parallelism
  )
}

const known = ['password', 'contraseña', 'contrasena', 'sereno', 'serenazgo', 'municipalidad', 'qwerty', '123456']

/**
 * Whether a password is too easy: shorter than twelve characters, few different ones, a run, or little more than a
 * known word or the person's own name. Length is what counts (NIST SP 800-63B §3.1.1.2), so no other rules.
 */
export function isWeak(password: string, ownNames: readonly string[]): boolean {
  const plain = password.normalize('NFKC').toLowerCase()
  if ([...plain].length < 12 || new Set(plain).size < 5 || isRun(plain)) {
    return true
  }
  const own = ownNames.flatMap((name) => name.toLowerCase().split(/\s+/)).filter((name) => name.length >= 4)
  const left = [...known, ...own].reduce((rest, word) => rest.replaceAll(word, ''), plain)
  return left.replaceAll(/[^\p{L}\p{N}]/gu, '').length < 6
}

function isRun(text: string): boolean {
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0)
  const steps = codes.slice(1).map((code, place) => code - (codes[place] ?? 0))
  return steps.filter((step) => step === steps[0]).length > steps.length * 0.8
}

type Parameters = {
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
  readonly tagLength: number
}

function derive(password: string, salt: Uint8Array, parameters: Parameters): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    argon2('argon2id', { message: password.normalize('NFKC'), nonce: salt, ...parameters }, (error, tag) => {
      if (error === null) {
        resolve(new Uint8Array(tag))
      } else {
        reject(error)
      }
    })
  })
}

function unpadded(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('=', '')
}

function padded(text: string): string {
  return text + '='.repeat((4 - (text.length % 4)) % 4)
}
