import { fromBase64, importVerifier, isSignedBy, openReceipt, type PublicKey, utf8 } from '@sereno/proof'
import type { Signed } from '../journal/recording-index.ts'

export type ReceiptKey = { readonly keyId: string; readonly algorithm: string; readonly publicKey: string }
export type ReceiptResult =
  | { readonly ok: true; readonly quarantined: boolean }
  | { readonly ok: false; readonly problem: 'malformed' | 'unknown-key' | 'bad-signature' | 'other-statement' }

/**
 * Whether the server's receipt is for exactly these bytes and signed by a receipt key of this installation. Only then
 * is a piece "a salvo"; anything else leaves it held and is retried.
 */
export async function checkReceipt(
  receipt: string,
  expected: { readonly recording: string; readonly device: string; readonly signed: Signed },
  keys: readonly ReceiptKey[],
): Promise<ReceiptResult> {
  const envelope = receipt.startsWith('{') ? utf8(receipt) : fromBase64(receipt)
  const opened = envelope === null ? null : openReceipt(envelope)
  if (opened === null || !opened.ok) {
    return { ok: false, problem: 'malformed' }
  }
  const named = opened.value.envelope.signatures.map((signature) => signature.keyId)
  const candidates = keys.filter((key) => named.includes(key.keyId))
  if (candidates.length === 0) {
    return { ok: false, problem: 'unknown-key' }
  }
  const signedBy = await Promise.all(candidates.map((key) => verifies(opened.value.envelope, key)))
  if (!signedBy.includes(true)) {
    return { ok: false, problem: 'bad-signature' }
  }
  const { value } = opened.value
  const { signed } = expected
  const same =
    value.recording === expected.recording &&
    value.device === expected.device &&
    value.sequence === signed.sequence &&
    value.statement === signed.hash &&
    (value.media?.sha256 ?? null) === signed.mediaSha256
  return same ? { ok: true, quarantined: value.quarantined } : { ok: false, problem: 'other-statement' }
}

async function verifies(envelope: Parameters<typeof isSignedBy>[0], key: PublicKey): Promise<boolean> {
  const verifier = await importVerifier({ algorithm: key.algorithm, publicKey: key.publicKey })
  return verifier.ok && isSignedBy(envelope, verifier.value)
}
