import { ed25519Key, type PublicKey, type Signer, signerOf, toBase64Url } from '@sereno/proof'
import type { VaultKey } from '../journal/vault.ts'

/**
 * The phone's keys: an Ed25519 key that signs and an AES key that hides what lies on the phone. Both are made here,
 * cannot be extracted, and live in IndexedDB, which stores them without showing them (WebCrypto §5.2).
 */
export type DeviceKeys = { readonly signer: Signer; readonly vault: VaultKey; readonly publicKey: PublicKey }

type StoredKeys = { readonly signing: CryptoKeyPair; readonly vault: CryptoKey; readonly publicKey: string }

const store = 'keys'

/** The keys in use, made on first call. */
export async function openKeys(database: IDBDatabase): Promise<DeviceKeys> {
  const stored = await get<StoredKeys>(database, 'current')
  if (stored !== undefined) {
    return keysOf(stored)
  }
  const made = await makeKeys(await newVaultKey())
  await put(database, 'current', made)
  return keysOf(made)
}

/**
 * A fresh signing key for a (re-)enrolment, beside the one in use until the server took it: a failed enrolment must not
 * cost a phone its key. The vault key stays, or what lies on the phone would be lost.
 */
export async function makeEnrolmentKeys(
  database: IDBDatabase,
): Promise<{ readonly keys: DeviceKeys; readonly promote: (formerDevice: string | null) => Promise<void> }> {
  const stored = await get<StoredKeys>(database, 'current')
  const made = await makeKeys(stored?.vault ?? (await newVaultKey()))
  return {
    keys: await keysOf(made),
    promote: async (formerDevice) => {
      // first the old one under its own name: a kill in between leaves it twice, never nowhere
      if (formerDevice !== null && stored !== undefined) {
        await put(database, formerName(formerDevice), stored)
      }
      await put(database, 'current', made)
    },
  }
}

/** The keys of a device that this phone was before; null when there are none. */
export async function openFormerKeys(database: IDBDatabase, device: string): Promise<DeviceKeys | null> {
  const stored = await get<StoredKeys>(database, formerName(device))
  return stored === undefined ? null : keysOf(stored)
}

export function forgetFormerKeys(database: IDBDatabase, device: string): Promise<void> {
  return write(database, (keys) => keys.delete(formerName(device)))
}

function formerName(device: string): string {
  return `former/${device}`
}

export function openKeyDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(store)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

async function makeKeys(vault: CryptoKey): Promise<StoredKeys> {
  const signing = await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify'])
  if (!('privateKey' in signing)) {
    throw new TypeError('this browser makes no Ed25519 key pairs')
  }
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', signing.publicKey))
  return { signing, vault, publicKey: toBase64Url(raw) }
}

function newVaultKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

async function keysOf(stored: StoredKeys): Promise<DeviceKeys> {
  const publicKey: PublicKey = { ...ed25519Key(new Uint8Array(0)), publicKey: stored.publicKey }
  return {
    publicKey,
    signer: await signerOf(stored.signing.privateKey, publicKey),
    vault: { key: stored.vault, randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)) },
  }
}

function get<T>(database: IDBDatabase, key: string): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const request = database.transaction(store).objectStore(store).get(key)
    request.onsuccess = () => resolve(request.result as T | undefined)
    request.onerror = () => reject(request.error)
  })
}

function put(database: IDBDatabase, key: string, value: StoredKeys): Promise<void> {
  return write(database, (keys) => keys.put(value, key))
}

function write(database: IDBDatabase, change: (keys: IDBObjectStore) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, 'readwrite', { durability: 'strict' })
    change(transaction.objectStore(store))
    transaction.oncomplete = () => resolve()
    transaction.onerror = () => reject(transaction.error)
    transaction.onabort = () => reject(transaction.error)
  })
}
