import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { readIfThere, syncFolder, writeDurably } from './durable-file.ts'

/**
 * Secrets of the signer's folder: `<name>.key`, as they are while the folder is open, `<name>.key.sealed` once it is locked
 * with a passphrase. Locked, a root key seals each of them (AES-256-GCM, the name authenticated), and `vault.json` holds the
 * root key sealed by the passphrase (scrypt, RFC 7914). The disk alone then opens nothing.
 */
export type Vault = {
  /** Null when there is none. */
  readonly read: (name: string) => Uint8Array | null
  readonly write: (name: string, bytes: Uint8Array | string) => void
  readonly remove: (name: string) => void
  readonly names: () => readonly string[]
}

/** The folder is locked, and the passphrase is missing or wrong. */
export class VaultLocked extends Error {}

/** The folder's parts do not belong together: a sentence for the person at the terminal. Nothing was changed. */
export class KeysIncomplete extends Error {}

const vaultFile = 'vault.json'
const sealedEnding = '.sealed'
const nonceBytes = 12
const tagBytes = 16
/** 128 MiB for a third of a second: a machine that guesses needs both each time (OWASP's scrypt figures, 2023). */
const scryptCost = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 } as const

type VaultFile = { readonly format: 1; readonly salt: string; readonly N: number; readonly root: string }

export function isLocked(folder: string): boolean {
  return existsSync(path.join(folder, vaultFile))
}

/**
 * What a lock or an unlock that was cut short left behind is removed: files of the other form, of which each one's own is
 * there. Otherwise a part of the folder was lost, and nothing is removed. Throws {@link VaultLocked}, {@link KeysIncomplete}.
 */
export function openVault(folder: string, passphrase: string | null): Vault {
  const rootKey = openRoot(folder, passphrase)
  const file = (name: string): string => path.join(folder, rootKey === null ? name : `${name}${sealedEnding}`)
  const names = new Set(readdirSync(folder))
  const [plain, sealed] = [
    [...names].filter((name) => name.endsWith('.key')),
    [...names].filter((name) => name.endsWith(`.key${sealedEnding}`)),
  ]
  const alone =
    rootKey === null
      ? sealed.find((name) => !names.has(name.slice(0, -sealedEnding.length)))
      : plain.find((name) => !names.has(`${name}${sealedEnding}`))
  if (alone !== undefined) {
    throw new KeysIncomplete(
      rootKey === null
        ? `${alone} is locked, but ${vaultFile}, which opens it, is gone: restore the signer folder from a copy.`
        : `${alone} is open, but ${vaultFile} is of a locked folder: restore the signer folder from a copy.`,
    )
  }
  for (const name of rootKey === null ? sealed : plain) {
    rmSync(path.join(folder, name))
  }
  return {
    read(name) {
      const stored = readIfThere(file(name))
      return stored === null || rootKey === null ? stored : open(rootKey, name, stored)
    },
    write: (name, bytes) => writeDurably(file(name), rootKey === null ? bytes : seal(rootKey, name, bytes)),
    remove: (name) => rmSync(file(name), { force: true }),
    names: () =>
      readdirSync(folder)
        .map((name) => (rootKey === null ? name : name.replace(sealedEnding, '')))
        .filter((name) => name.endsWith('.key')),
  }
}

/**
 * Locks the folder, or gives a locked one another passphrase (`before`).
 *
 * 1 every secret sealed beside the plain one · 2 `vault.json`: from here on the folder is locked · 3 the plain ones removed.
 * A crash before 2 leaves it open, after 2 the next opening removes the plain ones.
 */
export function lockVault(folder: string, passphrase: string, before: string | null): void {
  const known = openRoot(folder, before)
  const rootKey = known ?? randomBytes(32)
  if (known === null) {
    const plain = openVault(folder, null)
    for (const name of plain.names()) {
      writeDurably(path.join(folder, `${name}${sealedEnding}`), seal(rootKey, name, plain.read(name) ?? ''))
    }
  }
  const salt = randomBytes(16)
  const root = seal(derive(passphrase, salt, scryptCost.N), vaultFile, rootKey)
  const vault: VaultFile = { format: 1, salt: salt.toString('base64'), N: scryptCost.N, root: root.toString('base64') }
  writeDurably(path.join(folder, vaultFile), `${JSON.stringify(vault)}\n`)
  openVault(folder, passphrase)
}

/** Opens a locked folder for good: 1 every secret in plain · 2 `vault.json` removed · 3 the sealed ones removed. */
export function unlockVault(folder: string, passphrase: string): void {
  const vault = openVault(folder, passphrase)
  for (const name of vault.names()) {
    writeDurably(path.join(folder, name), vault.read(name) ?? '')
  }
  rmSync(path.join(folder, vaultFile), { force: true })
  // Durable before any sealed one goes: with vault.json back after a crash they are what it opens.
  syncFolder(folder)
  openVault(folder, null)
}

function openRoot(folder: string, passphrase: string | null): Uint8Array | null {
  const stored = readIfThere(path.join(folder, vaultFile))
  if (stored === null) {
    return null
  }
  if (passphrase === null) {
    throw new VaultLocked('The keys are locked; a passphrase is needed.')
  }
  const { salt, N, root } = JSON.parse(Buffer.from(stored).toString('utf8')) as VaultFile
  try {
    return open(derive(passphrase, Buffer.from(salt, 'base64'), N), vaultFile, Buffer.from(root, 'base64'))
  } catch {
    throw new VaultLocked('The keys are locked with another passphrase.')
  }
}

function derive(passphrase: string, salt: Uint8Array, N: number): Uint8Array {
  return scryptSync(passphrase.normalize('NFC'), salt, 32, { ...scryptCost, N })
}

function seal(key: Uint8Array, name: string, bytes: Uint8Array | string): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name))
  return Buffer.concat([nonce, cipher.update(Buffer.from(bytes)), cipher.final(), cipher.getAuthTag()])
}

function open(key: Uint8Array, name: string, sealed: Uint8Array): Uint8Array {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes))
  decipher.setAAD(Buffer.from(name)).setAuthTag(sealed.subarray(-tagBytes))
  return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()])
}
