import type { Actor } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { FleetDeps } from './door.ts'
import { challengeValidMs, sessionValidMs } from './fleet.ts'
import type { Keys } from './keys.ts'
import { createChallenges, hashToken } from './secrets.ts'
import { anyDevice } from './store-devices.ts'
import { deleteExpired, insertSession, sessionByToken } from './store-enrolments.ts'

/** How long an actor is believed without asking the database: revocation must close what it opened within 2 s. */
const believedMs = 2_000
const mostKept = 20_000

export type Sessions = {
  readonly challenge: (device: string) => { readonly nonce: string; readonly nowMs: number }
  readonly open: (
    device: string,
    nonce: string,
    signature: Uint8Array,
  ) => Promise<{ readonly token: string; readonly expiresAt: number }>
  readonly authenticate: (token: string) => Promise<Actor | null>
  /** The device's actor has changed (officer, key, report). */
  readonly forget: (device: string) => void
  readonly sweep: () => Promise<void>
}

type Known = { readonly actor: Actor; readonly expiresAt: number; readonly readAtMs: number }

/** Device sessions: a nonce signed by the key in use buys a token for an hour; the database keeps its hash. */
export function createSessions(deps: FleetDeps, keys: Keys): Sessions {
  const { database, clock, ids } = deps
  const challenges = createChallenges(ids.bytes, challengeValidMs)
  const known = new Map<string, Known>()

  async function read(token: string): Promise<Known | null> {
    const session = await sessionByToken(database.db, hashToken(token))
    return session === null
      ? null
      : {
          actor: {
            kind: 'device',
            id: session.device,
            municipality: session.municipality,
            name: session.code,
            roles: [],
            officer: session.officer,
            session: session.id,
            device: session.device,
          },
          expiresAt: session.expires_at,
          readAtMs: clock.monotonicMs(),
        }
  }

  return {
    challenge: (device) => ({ nonce: challenges.make(device, clock.nowMs()), nowMs: clock.nowMs() }),
    async open(device, nonce, signature) {
      const openedAt = clock.nowMs()
      const found = await anyDevice(database.db, device)
      if (found?.reported === 'revoked' || found?.reported === 'stolen' || found?.reported === 'retired') {
        throw new Refusal('device.revoked')
      }
      // One answer for an unknown device, a foreign nonce and a wrong signature: nothing is learnt by trying.
      const message = `sereno-session-v1.${device}.${nonce}`
      const isProved = await keys.verify(database.db, device, message, signature)
      if (found === null || !isProved || !challenges.spend(device, nonce, openedAt)) {
        throw new Refusal('device.wrong-signature')
      }
      const session = { token: ids.token(), expiresAt: openedAt + sessionValidMs }
      await insertSession(database.db, {
        municipality: found.municipality,
        id: ids.uuid(),
        device,
        tokenHash: hashToken(session.token),
        openedAt,
        expiresAt: session.expiresAt,
      })
      return session
    },
    async authenticate(token) {
      const kept = known.get(token)
      const isFresh = kept !== undefined && clock.monotonicMs() - kept.readAtMs < believedMs
      const session = isFresh ? kept : await read(token)
      if (session === null || session.expiresAt < clock.nowMs()) {
        known.delete(token)
        return null
      }
      if (!isFresh) {
        if (known.size >= mostKept) {
          known.clear()
        }
        known.set(token, session)
      }
      return session.actor
    },
    forget(device) {
      for (const [token, { actor }] of known) {
        if (actor.device === device) {
          known.delete(token)
        }
      }
    },
    sweep: () => deleteExpired(database.db, clock.nowMs()),
  }
}
