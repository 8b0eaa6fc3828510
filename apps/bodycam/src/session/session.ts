import type { DeviceSelf } from '@sereno/contracts'
import { type Signer, toBase64Url, utf8 } from '@sereno/proof'
import { Refused, type Server } from './server.ts'

export type Session = {
  /** A valid token, opened or renewed when needed. Throws Refused (e.g. device.revoked) or Unreachable. */
  readonly token: () => Promise<string>
  /** Runs with a token; once more with a fresh one when the server says that it ended. */
  readonly run: <T>(use: (token: string) => Promise<T>) => Promise<T>
  readonly drop: () => void
}

/** Proves possession of the device key for each session; there is no secret to keep but the key itself. */
export function createSession(deps: {
  readonly server: Server
  readonly signer: Signer
  readonly device: string
  readonly nowMs: () => number
  readonly onSelf: (self: DeviceSelf) => void
}): Session {
  let current: { readonly token: string; readonly expiresAtMs: number } | null = null
  let opening: Promise<string> | null = null

  const open = async (): Promise<string> => {
    const { device, server } = deps
    const { nonce, nowMs } = await server.call('POST /device/challenge', { body: { device } })
    const proof = utf8(`sereno-session-v1.${device}.${nonce}`)
    const signature = toBase64Url(await deps.signer.sign(proof))
    const opened = await server.call('POST /device/session', { body: { device, nonce, signature } })
    // the server's clock said when it ends, so its distance is taken on the server's clock
    current = { token: opened.token, expiresAtMs: deps.nowMs() + (opened.expiresAt - nowMs) }
    deps.onSelf(opened.self)
    return opened.token
  }
  const token = (): Promise<string> => {
    if (current !== null && deps.nowMs() < current.expiresAtMs - 60_000) {
      return Promise.resolve(current.token)
    }
    opening ??= open().finally(() => {
      opening = null
    })
    return opening
  }
  return {
    token,
    drop: () => {
      current = null
    },
    run: async (use) => {
      try {
        return await use(await token())
      } catch (error) {
        const ended =
          error instanceof Refused && (error.code === 'device.session-expired' || error.code === 'access.not-signed-in')
        if (!ended) {
          throw error
        }
        current = null
        return use(await token())
      }
    },
  }
}

/** What the phone signs to redeem an enrolment. */
export async function signEnrolment(signer: Signer, token: string): Promise<string> {
  return toBase64Url(await signer.sign(utf8(`sereno-enrol-v1.${token}.${signer.key.publicKey}`)))
}
