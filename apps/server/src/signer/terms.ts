// Words that the signer and its client share. The signer imports nothing of the server: it is read and trusted by itself.

/** What a signature is for: each has its own key. */
export type Purpose = 'receipt' | 'manifest' | 'package' | 'promise' | 'intake'

/** Checkpoints and manifests have a second key, of an algorithm that withstands quantum computers. */
export type KeyName = 'log' | Purpose | 'logMlDsa' | 'manifestMlDsa'

export type KeyInfo = {
  /** As `packages/proof` computes it: 16 hexadecimal digits. */
  readonly keyId: string
  readonly algorithm: string
  /** Raw key, base64url. */
  readonly publicKey: string
}

export const signerRefusals = ['signer.fork', 'signer.key-destroyed', 'signer.invalid', 'signer.cannot-open'] as const
export type SignerRefusalCode = (typeof signerRefusals)[number]

/** The signer would not, and will not when asked again: something is wrong with the log or the caller. */
export class SignerRefusal extends Error {
  readonly code: SignerRefusalCode

  constructor(code: SignerRefusalCode, detail: string) {
    super(`${code}: ${detail}`)
    this.name = 'SignerRefusal'
    this.code = code
  }
}
