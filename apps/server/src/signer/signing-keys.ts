import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { ed25519Key, keyId, mlDsa44, type Signer as ProofSigner, type PublicKey, toBase64Url } from '@sereno/proof'
import type { KeyInfo, KeyName } from './terms.ts'
import type { Vault } from './vault.ts'

/**
 * One key for each purpose, so that a signature made for one can never be taken for another. What must hold for decades,
 * checkpoints and manifests, is signed by an ML-DSA-44 key as well.
 */
const algorithms: Readonly<Record<KeyName, 'ed25519' | 'ml-dsa-44'>> = {
  log: 'ed25519',
  receipt: 'ed25519',
  manifest: 'ed25519',
  package: 'ed25519',
  promise: 'ed25519',
  intake: 'ed25519',
  logMlDsa: mlDsa44,
  manifestMlDsa: mlDsa44,
}

export type SigningKey = KeyInfo & { readonly sign: (message: Uint8Array) => Uint8Array }
export type SigningKeys = Readonly<Record<KeyName, SigningKey>>

// The raw key is the end of its SPKI form.
const ed25519KeyBytes = 32
const mlDsaKeyBytes = 1312

/** Whether the log's key was made before. */
export function hasKeys(vault: Vault): boolean {
  return vault.read('log.key') !== null
}

/** Reads the keys, making those that are missing: `<name>.key`, PKCS#8 PEM. */
export async function openSigningKeys(vault: Vault): Promise<SigningKeys> {
  const open = (name: KeyName) => openKey(vault, name)
  return {
    log: await open('log'),
    receipt: await open('receipt'),
    manifest: await open('manifest'),
    package: await open('package'),
    promise: await open('promise'),
    intake: await open('intake'),
    logMlDsa: await open('logMlDsa'),
    manifestMlDsa: await open('manifestMlDsa'),
  }
}

/** The keys of the log that will continue this one: made once, in use only after {@link promoteNext}. */
export async function prepareNext(vault: Vault): Promise<{ readonly log: KeyInfo; readonly logMlDsa: KeyInfo }> {
  const shown = ({ keyId: id, algorithm, publicKey }: SigningKey): KeyInfo => ({ keyId: id, algorithm, publicKey })
  return {
    log: shown(await openKey(vault, 'log', 'next-log.key')),
    logMlDsa: shown(await openKey(vault, 'logMlDsa', 'next-logMlDsa.key')),
  }
}

/** The prepared keys take the place of the log's own, which are gone with that. Harmless when repeated. */
export function promoteNext(vault: Vault): void {
  for (const name of ['log.key', 'logMlDsa.key']) {
    const next = vault.read(`next-${name}`)
    if (next !== null) {
      vault.write(name, next)
      vault.remove(`next-${name}`)
    }
  }
}

/** A key as `packages/proof` wants a signer, for notes. */
export function proofSigner(key: SigningKey): ProofSigner {
  return {
    key: { algorithm: key.algorithm, publicKey: key.publicKey },
    keyId: key.keyId,
    sign: async (message) => key.sign(message),
  }
}

async function openKey(vault: Vault, name: KeyName, file = `${name}.key`): Promise<SigningKey> {
  const stored = vault.read(file)
  const privateKey = stored === null ? createKey(vault, name, file) : createPrivateKey(Buffer.from(stored))
  const publicKey = publicHalf(privateKey)
  return {
    ...publicKey,
    keyId: await keyId(publicKey),
    sign: (message) => sign(null, message, privateKey),
  }
}

function publicHalf(privateKey: KeyObject): PublicKey {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  if (privateKey.asymmetricKeyType === mlDsa44) {
    return { algorithm: mlDsa44, publicKey: toBase64Url(spki.subarray(-mlDsaKeyBytes)) }
  }
  return ed25519Key(spki.subarray(-ed25519KeyBytes))
}

function createKey(vault: Vault, name: KeyName, file: string): KeyObject {
  const { privateKey } = algorithms[name] === mlDsa44 ? generateKeyPairSync(mlDsa44) : generateKeyPairSync('ed25519')
  vault.write(file, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return privateKey
}
