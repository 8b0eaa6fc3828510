import { browserSupportsWebAuthnAutofill, startAuthentication } from '@simplewebauthn/browser'
import type { Given, Me } from '../api/api.ts'
import { call } from '../api/call.ts'

type Answer = NonNullable<NonNullable<Given<'POST /me/proof'>['body']>['passkey']>

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
