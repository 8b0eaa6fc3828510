import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import path from 'node:path'
import { type Bytes, ed25519Key, keyId, type Signer as ProofSigner } from '@sereno/proof'
import { readIfThere, writeDurably } from './durable-file.ts'
import type { KeyInfo, Purpose } from './terms.ts'

/** One key for each purpose, so that a signature made for one can never be taken for another. */
export const keyNames = ['log', 'receipt', 'manifest', 'package', 'promise'] as const
export type KeyName = 'log' | Purpose

export type SigningKey = KeyInfo & { readonly sign: (message: Uint8Array) => Uint8Array }
export type SigningKeys = Readonly<Record<KeyName, SigningKey>>

/** Whether the log's key was made before. */
export function hasKeys(folder: string): boolean {
  return readIfThere(path.join(folder, 'log.key')) !== null
}

/** Reads the keys, making those that are missing. Files `<name>.key`, PKCS#8 PEM, readable by the signer's account only. */
export async function openSigningKeys(folder: string): Promise<SigningKeys> {
  const [log, receipt, manifest, packageKey, promise] = await Promise.all(keyNames.map((name) => openKey(folder, name)))
  if (!log || !receipt || !manifest || !packageKey || !promise) {
    throw new Error('a signing key is missing')
  }
  return { log, receipt, manifest, package: packageKey, promise }
}

/** A key as `packages/proof` wants a signer, for notes. */
export function proofSigner(key: SigningKey): ProofSigner {
  return {
    key: { algorithm: key.algorithm, publicKey: key.publicKey },
    keyId: key.keyId,
    sign: async (message) => key.sign(message),
  }
}

async function openKey(folder: string, name: KeyName): Promise<SigningKey> {
  const file = path.join(folder, `${name}.key`)
  const stored = readIfThere(file)
  const privateKey = stored === null ? createKey(file) : createPrivateKey(Buffer.from(stored))
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' })
  const publicKey = ed25519Key(Buffer.from(jwk.x ?? '', 'base64url') as Bytes)
  return {
    ...publicKey,
    keyId: await keyId(publicKey),
    sign: (message) => sign(null, message, privateKey),
  }
}

function createKey(file: string): KeyObject {
  const { privateKey } = generateKeyPairSync('ed25519')
  writeDurably(file, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return privateKey
}
