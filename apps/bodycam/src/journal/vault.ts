import { concat, utf8 } from '@sereno/proof'
import type { AppendFile, Folder } from './folder.ts'

/** What a vault draws on: the phone's own AES key and randomness for nonces. */
export type VaultKey = { readonly key: CryptoKey; readonly randomBytes: (count: number) => Uint8Array<ArrayBuffer> }

/**
 * Encrypts what lies on the phone (design §4): AES-256-GCM, a 96-bit random nonce each, the file's own name as
 * associated data, so that files cannot be swapped. Layout: 12-byte nonce ‖ ciphertext ‖ 16-byte tag.
 */
export async function seal(vault: VaultKey, name: string, plain: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const nonce = vault.randomBytes(12)
  const additionalData = utf8(name)
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData }, vault.key, own(plain))
  return concat(nonce, new Uint8Array(sealed))
}

/** The plain bytes, or null when they are not whole or not from this phone. */
export async function unseal(
  vault: VaultKey,
  name: string,
  sealed: Uint8Array,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (sealed.length < 28) {
    return null
  }
  try {
    const iv = own(sealed.subarray(0, 12))
    const additionalData = utf8(name)
    const rest = own(sealed.subarray(12))
    return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, vault.key, rest))
  } catch {
    return null
  }
}

export async function writeSealed(
  vault: VaultKey,
  folder: Folder,
  name: string,
  label: string,
  plain: Uint8Array,
): Promise<void> {
  await folder.write(name, await seal(vault, label, plain))
}

export async function readSealed(
  vault: VaultKey,
  folder: Folder,
  name: string,
  label: string,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const sealed = await folder.read(name)
  return sealed === null ? null : unseal(vault, label, sealed)
}

/** A sealed value as JSON; null when missing or torn. */
export async function readJson<T>(vault: VaultKey, folder: Folder, name: string, label: string): Promise<T | null> {
  const plain = await readSealed(vault, folder, name, label)
  return plain === null ? null : (JSON.parse(new TextDecoder().decode(plain)) as T)
}

export async function writeJson(
  vault: VaultKey,
  folder: Folder,
  name: string,
  label: string,
  value: unknown,
): Promise<void> {
  await writeSealed(vault, folder, name, label, utf8(JSON.stringify(value)))
}

/** A small value kept under one name. Writes follow one another: OPFS refuses a second handle on an open file. */
export type Keeper<T> = { readonly keep: (value: T | null) => Promise<void> }

export function createKeeper<T>(vault: VaultKey, folder: Folder, name: string): Keeper<T> {
  let turn: Promise<void> = Promise.resolve()
  return {
    keep: (value) => {
      const done = turn.then(() => (value === null ? folder.remove(name) : writeJson(vault, folder, name, name, value)))
      turn = done.catch(() => undefined)
      return done
    },
  }
}

/** A log of sealed JSON records: u32be length ‖ sealed record, each bound to its place in the file. */
export type SealedLog<T> = {
  readonly append: (record: T) => Promise<void>
  /** Forgets every record. */
  readonly clear: () => Promise<void>
  readonly sizeBytes: () => number
  readonly close: () => void
}

/**
 * Opens a log and reads it to the last whole record. A kill while a record was written leaves a torn tail: it is cut
 * off, because nothing was done on the strength of it (records are flushed before anybody is told).
 */
export async function openLog<T>(
  vault: VaultKey,
  folder: Folder,
  name: string,
  label: string,
): Promise<{ readonly records: readonly T[]; readonly log: SealedLog<T> }> {
  const bytes = (await folder.read(name)) ?? new Uint8Array(0)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const records: T[] = []
  let end = 0
  while (end + 4 <= bytes.length) {
    const length = view.getUint32(end)
    const plain =
      end + 4 + length > bytes.length
        ? null
        : await unseal(vault, place(label, records.length), bytes.subarray(end + 4, end + 4 + length))
    if (plain === null) {
      break
    }
    records.push(JSON.parse(new TextDecoder().decode(plain)) as T)
    end += 4 + length
  }
  const file = await folder.append(name)
  if (file.size() > end) {
    file.truncate(end)
  }
  return { records, log: logOf(vault, file, label, records.length) }
}

function logOf<T>(vault: VaultKey, file: AppendFile, label: string, count: number): SealedLog<T> {
  let next = count
  let turn: Promise<void> = Promise.resolve()
  const write = async (record: T): Promise<void> => {
    const sealed = await seal(vault, place(label, next), utf8(JSON.stringify(record)))
    const length = new Uint8Array(4)
    new DataView(length.buffer).setUint32(0, sealed.length)
    file.append(concat(length, sealed))
    next += 1
  }
  const inTurn = (run: () => Promise<void>): Promise<void> => {
    const done = turn.then(run)
    turn = done.catch(() => undefined)
    return done
  }
  return {
    append: (record) => inTurn(() => write(record)),
    clear: () =>
      inTurn(async () => {
        file.truncate(0)
        next = 0
      }),
    sizeBytes: () => file.size(),
    close: () => file.close(),
  }
}

function place(label: string, index: number): string {
  return `${label}#${index}`
}

// WebCrypto refuses shared memory; ours never is, but views are common.
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes)
}
