import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { readIfThere, type WriteSome, writeAll, writeDurably } from './durable-file.ts'
import { SignerRefusal } from './terms.ts'
import { KeysIncomplete, type Vault } from './vault.ts'
import { beginRotation, endRotation, openWrappingKeys, type WrappingKey } from './wrapping-key.ts'

/**
 * The recordings' data keys, wrapped by the installation's key, outside PostgreSQL, its WAL and its backups: so that
 * destroying a key here destroys the footage everywhere.
 *
 * `keys.journal` has a JSON line for each key. A key is appended and fsynced before it is handed out, so footage is never
 * encrypted under a key that a crash takes back. Destroying writes the journal anew without it: an appended "destroyed"
 * would leave the wrapped key in the file. What is in memory follows the file: a key counts as destroyed only once the file
 * without it is durable, so that whoever asks again after an error has it tried again.
 */
export type KeyStore = {
  readonly create: (recording: string) => Promise<Uint8Array>
  readonly find: (recording: string) => Uint8Array | null
  readonly destroy: (recording: string) => Promise<void>
  /**
   * Wraps every data key with a new wrapping key: 1 the new key beside the old · 2 the journal written anew under it, in one
   * step · 3 the new key in the old one's place. A crash before 2 leaves the old key in force, after 2 the next opening ends it.
   * Answers how many were wrapped.
   */
  readonly rotate: () => Promise<number>
  /** Opens every data key with the wrapping key; throws when one does not open. Answers how many there are. */
  readonly examine: () => number
}

type Line = {
  readonly recording: string
  readonly wrapped?: string
  readonly by?: string
  readonly destroyedAt?: number
}

const wrapNonceBytes = 12
const wrapTagBytes = 16
const syncData = promisify(fdatasync)

export function openKeyStore(
  folder: string,
  vault: Vault,
  nowMs: () => number,
  write: WriteSome = writeSync,
): KeyStore {
  const file = path.join(folder, 'keys.journal')
  let lines = readLines(file)
  let wrappingKey = settleRotation(vault, lines)
  let descriptor = openSync(file, 'a', 0o600)
  // Up to here the file is whole lines. What a failed append left behind is cut off.
  let goodBytes = fstatSync(descriptor).size
  let waiting: string[] = []
  let flush: Promise<void> | null = null
  // Every change of the file waits for the one before.
  let last: Promise<void> = Promise.resolve()

  function afterLast(work: () => Promise<void>): Promise<void> {
    const next = last.catch(() => undefined).then(work)
    last = next
    return next
  }

  // Keys asked for while a sync is under way share the next one.
  function append(line: string): Promise<void> {
    waiting.push(line)
    flush ??= afterLast(async () => {
      const text = waiting.join('')
      waiting = []
      flush = null
      try {
        cutBack()
        const bytes = Buffer.from(text)
        writeAll(descriptor, bytes, write)
        await syncData(descriptor)
        goodBytes += bytes.length
      } catch (error) {
        cutBack()
        throw error
      }
    })
    return flush
  }

  function cutBack(): void {
    if (fstatSync(descriptor).size !== goodBytes) {
      ftruncateSync(descriptor, goodBytes)
    }
  }

  /** The file written anew with these lines; only then are they what is known. */
  function rewrite(following: Map<string, Line>): void {
    try {
      writeDurably(file, [...following.values()].map(written).join(''), write)
      lines = following
    } finally {
      // Also after an error: the name may already be the new file's, and what is appended must not go to the old one.
      const fresh = openSync(file, 'a', 0o600)
      closeSync(descriptor)
      descriptor = fresh
      goodBytes = cutTorn(file)
    }
  }

  const durable = new Map<string, Promise<void>>()
  return {
    async create(recording) {
      const existing = lines.get(recording)
      if (existing?.destroyedAt !== undefined) {
        throw new SignerRefusal('signer.key-destroyed', recording)
      }
      if (existing?.wrapped === undefined) {
        const line = { recording, wrapped: wrap(wrappingKey.bytes, recording, randomBytes(32)), by: wrappingKey.id }
        lines.set(recording, line)
        const done = append(written(line)).catch((error: unknown) => {
          lines.delete(recording)
          throw error
        })
        durable.set(recording, done)
        await done.finally(() => durable.delete(recording))
        return unwrap(wrappingKey.bytes, recording, line.wrapped)
      }
      await durable.get(recording)
      return unwrap(wrappingKey.bytes, recording, existing.wrapped)
    },
    find(recording) {
      const wrapped = lines.get(recording)?.wrapped
      return wrapped === undefined || durable.has(recording) ? null : unwrap(wrappingKey.bytes, recording, wrapped)
    },
    async destroy(recording) {
      await durable.get(recording)
      if (lines.get(recording)?.wrapped === undefined) {
        return
      }
      await afterLast(async () => {
        if (lines.get(recording)?.wrapped !== undefined) {
          rewrite(new Map(lines).set(recording, { recording, destroyedAt: nowMs() }))
        }
      })
    },
    rotate: () => {
      let count = 0
      return afterLast(async () => {
        const following = beginRotation(vault)
        const rewrapped = new Map(lines)
        for (const [recording, { wrapped }] of lines) {
          if (wrapped !== undefined) {
            const dataKey = unwrap(wrappingKey.bytes, recording, wrapped)
            rewrapped.set(recording, {
              recording,
              wrapped: wrap(following.bytes, recording, dataKey),
              by: following.id,
            })
            count += 1
          }
        }
        rewrite(rewrapped)
        wrappingKey = following
        endRotation(vault, following)
      }).then(() => count)
    },
    examine() {
      let count = 0
      for (const [recording, { wrapped }] of lines) {
        if (wrapped !== undefined) {
          unwrap(wrappingKey.bytes, recording, wrapped)
          count += 1
        }
      }
      return count
    },
  }
}

/** Throws `KeysIncomplete` when the vault has not the key that the journal's are wrapped under. Changes nothing. */
export function demandKeys(folder: string, vault: Vault): void {
  const file = path.join(folder, 'keys.journal')
  const bytes = Buffer.from(readIfThere(file) ?? '')
  const lines = parseLines(file, bytes.subarray(0, bytes.lastIndexOf('\n') + 1))
  if (lines.size > 0) {
    keyInForce(openWrappingKeys(vault, false), lines)
  }
}

function written(line: Line): string {
  return `${JSON.stringify(line)}\n`
}

// A crash in the middle of an append leaves a line without its end: nobody was given that key, so it is cut off.
function cutTorn(file: string): number {
  const bytes = Buffer.from(readIfThere(file) ?? '')
  const whole = bytes.lastIndexOf('\n') + 1
  if (whole < bytes.length) {
    const descriptor = openSync(file, 'r+')
    ftruncateSync(descriptor, whole)
    closeSync(descriptor)
  }
  return whole
}

function readLines(file: string): Map<string, Line> {
  cutTorn(file)
  return parseLines(file, Buffer.from(readIfThere(file) ?? ''))
}

// Anything else that cannot be read is damage, and damage is not passed over.
function parseLines(file: string, bytes: Buffer): Map<string, Line> {
  const lines = new Map<string, Line>()
  for (const [index, line] of bytes.toString('utf8').split('\n').entries()) {
    if (line !== '') {
      const read = parseLine(line)
      if (read === null) {
        throw new Error(`${file} is damaged at line ${index + 1}; restore it from a backup`)
      }
      lines.set(read.recording, read)
    }
  }
  return lines
}

function parseLine(text: string): Line | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('recording' in value) || typeof value.recording !== 'string') {
      return null
    }
    const { recording } = value
    if ('wrapped' in value && typeof value.wrapped === 'string') {
      return { recording, wrapped: value.wrapped, ...('by' in value ? { by: String(value.by) } : {}) }
    }
    return 'destroyedAt' in value && typeof value.destroyedAt === 'number'
      ? { recording, destroyedAt: value.destroyedAt }
      : null
  } catch {
    return null
  }
}

function settleRotation(vault: Vault, lines: ReadonlyMap<string, Line>): WrappingKey {
  const keys = openWrappingKeys(vault, lines.size === 0)
  const key = keyInForce(keys, lines)
  if (key !== keys.current) {
    endRotation(vault, key)
  }
  return key
}

// The journal says which key wrapped it. Lines of before keys had names were wrapped by the only one there was.
function keyInForce(
  { current, next }: ReturnType<typeof openWrappingKeys>,
  lines: ReadonlyMap<string, Line>,
): WrappingKey {
  const used = new Set([...lines.values()].flatMap(({ by }) => by ?? []))
  if (next !== null && next.id !== current.id && used.has(next.id)) {
    return next
  }
  if (used.size > 0 && !used.has(current.id)) {
    throw new KeysIncomplete('installation.key is not the key that keys.journal names: restore it, or its shares.')
  }
  return current
}

// The recording is authenticated with its key: a line given another recording's name does not open.
function wrap(wrappingKey: Uint8Array, recording: string, dataKey: Uint8Array): string {
  const nonce = randomBytes(wrapNonceBytes)
  const cipher = createCipheriv('aes-256-gcm', wrappingKey, nonce).setAAD(Buffer.from(recording))
  return Buffer.concat([nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

function unwrap(wrappingKey: Uint8Array, recording: string, wrapped: string): Uint8Array {
  const bytes = Buffer.from(wrapped, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', wrappingKey, bytes.subarray(0, wrapNonceBytes))
  decipher.setAAD(Buffer.from(recording)).setAuthTag(bytes.subarray(-wrapTagBytes))
  return Buffer.concat([decipher.update(bytes.subarray(wrapNonceBytes, -wrapTagBytes)), decipher.final()])
}
