import { type Envelope, isSignedBy } from '../dsse.ts'
import { importVerifier, keyId, type PublicKey } from '../keys.ts'

/** `unsupported`: by a key whose algorithm is unknown here, so neither good nor bad. */
export type SignatureState = 'good' | 'bad' | 'unknown-key' | 'unsupported'

/** Looks for a signature by one of these keys, which are those that may sign here. */
export async function signatureBy(envelope: Envelope, keys: readonly PublicKey[]): Promise<SignatureState> {
  let state: SignatureState = 'unknown-key'
  for (const key of keys) {
    const id = await keyId(key)
    if (!envelope.signatures.some((signature) => signature.keyId === id)) {
      continue
    }
    const verifier = await importVerifier(key)
    if (verifier.ok && (await isSignedBy(envelope, verifier.value))) {
      return 'good'
    }
    state = !verifier.ok && verifier.code === 'unsupported-algorithm' ? 'unsupported' : 'bad'
  }
  return state
}
