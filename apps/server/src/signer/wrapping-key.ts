import { createHash, randomBytes } from 'node:crypto'
import { KeysIncomplete, type Vault } from './vault.ts'

/** The key that wraps every recording's data key. Changing it touches the journal of wrapped keys, never footage. */
export type WrappingKey = { readonly id: string; readonly bytes: Uint8Array }

const current = 'installation.key'
const next = 'installation-next.key'
const keyBytes = 32

export function wrappingKeyOf(bytes: Uint8Array): WrappingKey {
  const id = createHash('sha256').update('sereno-wrapping-key-v1').update(bytes).digest('hex').slice(0, 16)
  return { id, bytes }
}

/**
 * The current key, and the one that a rotation cut short was going over to. Made when there is none and `mayMake`, that is,
 * while nothing is wrapped yet: a new one beside an old journal would open nothing. Throws `KeysIncomplete`.
 */
export function openWrappingKeys(
  vault: Vault,
  mayMake: boolean,
): { readonly current: WrappingKey; readonly next: WrappingKey | null } {
  const stored = vault.read(current) ?? (mayMake ? make(vault, current) : null)
  if (stored === null) {
    throw new KeysIncomplete(
      `${current} is gone, and data keys are wrapped under it: restore the signer folder from a copy, or the key from its shares.`,
    )
  }
  const following = vault.read(next)
  for (const bytes of [stored, following]) {
    if (bytes !== null && bytes.length !== keyBytes) {
      throw new Error(`${current} is damaged; restore it from a backup or from its shares`)
    }
  }
  return { current: wrappingKeyOf(stored), next: following === null ? null : wrappingKeyOf(following) }
}

/** A new key, durable beside the current one. */
export function beginRotation(vault: Vault): WrappingKey {
  return wrappingKeyOf(make(vault, next))
}

/** The new key takes the current one's place. */
export function endRotation(vault: Vault, key: WrappingKey): void {
  vault.write(current, key.bytes)
  vault.remove(next)
}

/** Puts back a key that was kept in shares. */
export function replaceWrappingKey(vault: Vault, bytes: Uint8Array): void {
  vault.write(current, bytes)
}

function make(vault: Vault, name: string): Uint8Array {
  const made = randomBytes(keyBytes)
  vault.write(name, made)
  return made
}
