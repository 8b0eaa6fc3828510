import { type RefusalCode, refusals } from '@sereno/contracts'

/**
 * The caller asked for what the rules forbid. Answered as problem+json (RFC 9457) with the status the closed list
 * in `packages/contracts/src/errors.ts` gives the code; `details` are shown to the caller, so nothing secret.
 */
export class Refusal extends Error {
  readonly code: RefusalCode
  readonly details: Readonly<Record<string, string | number>>

  constructor(code: RefusalCode, details: Readonly<Record<string, string | number>> = {}) {
    super(code)
    this.name = 'Refusal'
    this.code = code
    this.details = details
  }

  get status(): number {
    return refusals[this.code]
  }
}

/** A collaborator (`database`, `signer`, `disk`) failed: 503, and the caller may try again. */
export class Unavailable extends Error {
  readonly what: string

  constructor(what: string, options?: { readonly cause?: unknown }) {
    super(`${what} is unavailable`, options)
    this.name = 'Unavailable'
    this.what = what
  }
}
