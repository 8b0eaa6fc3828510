import { browserSupportsWebAuthnAutofill, startAuthentication, startRegistration } from '@simplewebauthn/browser'
import type { Given, Me, Reply } from '../api/api.ts'
import { call } from '../api/call.ts'

type Answer = NonNullable<NonNullable<Given<'POST /me/proof'>['body']>['passkey']>

type NewPasskey = Given<'POST /me/passkeys'>['body']['passkey']
type Begun = Reply<'POST /me/passkeys/challenge'>

/** Discoverable and verified by the device: one passkey stands for password and code together. */
export async function makePasskey(begun: Begun): Promise<NewPasskey> {
  return startRegistration({
    optionsJSON: {
      challenge: begun.challenge,
      rp: { id: begun.rpId, name: begun.rpName },
      user: { id: begun.userId, name: begun.userName, displayName: begun.userDisplayName },
      pubKeyCredParams: begun.algorithms.map((alg) => ({ alg, type: 'public-key' })),
      excludeCredentials: begun.exclude.map((id) => ({ id, type: 'public-key' })),
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      attestation: 'none',
      timeout: begun.timeoutMs,
    },
  }) as Promise<NewPasskey>
}

/** Asks the device for a discoverable passkey. `waits`: offered among the names the browser fills in, until chosen. */
export async function askPasskey(waits: boolean): Promise<Answer> {
  const { challenge, rpId, timeoutMs } = await call('POST /session/passkey/challenge', {})
  return startAuthentication({
    optionsJSON: { challenge, rpId, timeout: timeoutMs, userVerification: 'required', allowCredentials: [] },
    useBrowserAutofill: waits,
  }) as Promise<Answer>
}

export const signInByPasskey = async (waits: boolean): Promise<Me> =>
  call('POST /session/passkey', { body: await askPasskey(waits) })

export const mayWait = (): Promise<boolean> => browserSupportsWebAuthnAutofill().catch(() => false)

/** The person closed the device's question, or another one took its place: nothing failed. */
export const wasLeft = (error: unknown): boolean =>
  error instanceof Error && ['NotAllowedError', 'AbortError'].includes(error.name)

export const provePasskey = async (): Promise<Me> =>
  call('POST /me/proof', { body: { passkey: await askPasskey(false) } })
