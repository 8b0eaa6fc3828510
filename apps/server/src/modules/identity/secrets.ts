import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'
import { concat, utf8 } from '@sereno/proof'
import { Unavailable } from '../../kernel/errors.ts'
import type { Signer } from '../../kernel/signer.ts'

/** SHA-256 of a token: what the database keeps of it. Tokens have 256 random bits, so no salt is needed. */
export function tokenHash(token: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(token).digest())
}

const ivBytes = 12
const tagBytes = 16

/** Second-factor secrets at rest: AES-256-GCM under a key that the signer keeps, outside the database and its backups. */
export type Vault = {
  /** `account` is bound as associated data: a secret moved to another row does not open. */
  readonly seal: (account: string, secret: Uint8Array) => Promise<Uint8Array>
  readonly open: (account: string, sealed: Uint8Array) => Promise<Uint8Array>
}

/** @param keyName UUID under which the signer keeps the key: the municipality's own. */
export function createVault(signer: Signer, keyName: () => string, randomBytes: (count: number) => Uint8Array): Vault {
  return {
    async seal(account, secret) {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', await signer.createDataKey(keyName()), iv)
      cipher.setAAD(utf8(account))
      return concat(iv, cipher.update(secret), cipher.final(), cipher.getAuthTag())
    },
    async open(account, sealed) {
      const key = await signer.dataKey(keyName())
      if (key === null) {
        throw new Unavailable('second-factor key')
      }
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes))
      decipher.setAAD(utf8(account))
      decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
      return concat(decipher.update(sealed.subarray(ivBytes, sealed.length - tagBytes)), decipher.final())
    },
  }
}
