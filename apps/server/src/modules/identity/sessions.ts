import type { Role } from '@sereno/contracts'
import { equal } from '@sereno/proof'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Actor } from '../../kernel/actor.ts'
import { afterCommit, type Db } from '../../kernel/database.ts'
import type { IdentityDeps } from './door.ts'
import { isFactorDemanded } from './factors.ts'
import { tokenHash } from './secrets.ts'
import { graceMs, isAlive, limitsOf, shouldRotate, touchAfterMs } from './session.ts'
import {
  type AccountRow,
  changeAccount,
  changeSession,
  endExpired,
  endSessions,
  insertSession,
  rotateToken,
  type SessionRow,
  sessionById,
  sessionByToken,
} from './store.ts'

const cookieName = 'sereno_session'

export type Sessions = {
  /** Opens a session for an account, an entry with it; answers the token that becomes the cookie. */
  readonly open: (
    tx: Db,
    account: AccountRow,
    how: {
      readonly method: 'password' | 'link' | 'set-up' | 'passkey' | 'provider'
      readonly source: string
      /** Who made the link for them, when a person did. */
      readonly enteredBy?: string | null
      /** Whether a second factor was proven. */
      readonly strong?: boolean
    },
  ) => Promise<{ readonly id: string; readonly token: string }>
  readonly authenticate: (request: FastifyRequest) => Promise<Actor | null>
  /** A new token for the request's session when one is due (or `now`); sets the cookie. */
  readonly rotate: (request: FastifyRequest, reply: FastifyReply, session: string, now: boolean) => Promise<void>
  readonly times: (
    session: string,
  ) => Promise<{ startedAt: number; idleAt: number; endsAt: number; provenAt: number | null }>
  readonly signOut: (actor: Actor, reply: FastifyReply) => Promise<void>
  /** Ends the open sessions of an account but one. Listeners hear of it after the commit. */
  readonly endAll: (tx: Db, account: string, except: string | null) => Promise<void>
  readonly setCookie: (reply: FastifyReply, token: string, roles: readonly Role[]) => void
  /** Ends what has run out of time, so that sockets opened in it are closed too. */
  readonly expire: () => Promise<void>
  readonly onEnded: (listener: (session: string) => void) => () => void
}

/** Sessions: opaque tokens of 256 bits in a cookie, of which the database keeps a hash. */
export function createSessions(deps: IdentityDeps & { readonly demanded: () => readonly Role[] }): Sessions {
  const { database, clock, ids, ledger } = deps
  const listeners = new Set<(session: string) => void>()

  function tell(sessions: readonly string[]): void {
    for (const session of sessions) {
      for (const listener of listeners) {
        listener(session)
      }
    }
  }

  function setCookie(reply: FastifyReply, token: string, roles: readonly Role[]): void {
    reply.setCookie(cookieName, token, {
      httpOnly: true,
      sameSite: 'strict',
      secure: deps.config.secure,
      path: '/',
      maxAge: Math.floor(limitsOf(roles).absoluteMs / 1000),
    })
  }

  /**
   * A token that was replaced, and whose successor has been used, comes back: somebody else has a copy. Which of the
   * two is the thief cannot be told, so the session ends for both.
   */
  async function endReplayed(session: SessionRow, account: AccountRow): Promise<void> {
    await database.transaction(async (tx) => {
      await changeSession(tx, session.id, { ended_at: clock.nowMs() })
      await ledger.append(tx, {
        municipality: account.municipality,
        kind: 'session.replayed',
        coarse: 'access',
        subjects: [`person:${account.id}`],
        actor: actorOf(account, session.id),
        allowed: false,
      })
      afterCommit(tx, () => tell([session.id]))
    })
  }

  async function noteUse(
    session: SessionRow,
    account: AccountRow,
    use: { readonly isPrevious: boolean; readonly isWork: boolean; readonly nowMs: number },
  ): Promise<void> {
    const successorSeen = !use.isPrevious && session.previous_hash !== null && session.previous_until === null
    const isStale = use.isWork && use.nowMs - session.seen_at >= touchAfterMs
    if (successorSeen || isStale) {
      await changeSession(database.db, session.id, {
        ...(isStale ? { seen_at: use.nowMs } : {}),
        ...(successorSeen ? { previous_until: use.nowMs + graceMs } : {}),
      })
    }
    if (isStale) {
      await changeAccount(database.db, account.municipality, account.id, { seen_at: use.nowMs })
    }
  }

  return {
    setCookie,
    async open(tx, account, how) {
      const nowMs = clock.nowMs()
      const token = ids.token(32)
      const limits = limitsOf(account.roles)
      const endsAt = Math.min(nowMs + limits.absoluteMs, account.bound_until ?? Number.MAX_SAFE_INTEGER)
      const id = ids.uuid()
      await insertSession(tx, {
        id,
        municipality: account.municipality,
        account: account.id,
        token_hash: tokenHash(token),
        previous_hash: null,
        previous_until: null,
        rotate: false,
        started_at: nowMs,
        rotated_at: nowMs,
        seen_at: nowMs,
        idle_ms: limits.idleMs,
        ends_at: endsAt,
        ended_at: null,
        source: how.source,
        entered_by: how.enteredBy ?? null,
        strong_at: how.strong === true ? nowMs : null,
      })
      await changeAccount(tx, account.municipality, account.id, { seen_at: nowMs })
      await ledger.append(tx, {
        municipality: account.municipality,
        kind: 'session.opened',
        coarse: 'access',
        subjects: [`person:${account.id}`],
        actor: actorOf(account, id, how.enteredBy),
        fields: { method: how.method, source: how.source, factor: String(how.strong === true) },
      })
      return { id, token }
    },

    async authenticate(request) {
      const token = request.cookies[cookieName]
      if (token === undefined || token === '') {
        return null
      }
      const found = await sessionByToken(database.db, tokenHash(token))
      if (found === null) {
        return null
      }
      const { session, account, isPrevious } = found
      const nowMs = clock.nowMs()
      if (isPrevious && session.previous_until !== null && nowMs >= session.previous_until) {
        await endReplayed(session, account)
        return null
      }
      if (hasEnded(account, nowMs) || !isAlive(timesOf(session), nowMs)) {
        return null
      }
      await noteUse(session, account, { isPrevious, isWork: isWork(request), nowMs })
      const actor = actorOf(account, session.id, session.entered_by)
      return isFactorDemanded(account, session, deps.demanded()) ? { ...actor, factorDemanded: true } : actor
    },

    async rotate(request, reply, session, now) {
      const presented = tokenHash(request.cookies[cookieName] ?? '')
      const row = await sessionById(database.db, session)
      if (row === null) {
        return
      }
      const nowMs = clock.nowMs()
      const isCurrent = equal(row.token_hash, presented)
      const isDue = isCurrent && (now || shouldRotate(row.rotated_at, nowMs))
      // The client never heard of its new token (a lost answer): after a while it gets another one.
      const missedIt = !isCurrent && row.previous_until === null && nowMs - row.rotated_at >= graceMs
      if (!isDue && !missedIt) {
        return
      }
      const token = ids.token(32)
      if (await rotateToken(database.db, row, { presented, next: tokenHash(token), nowMs })) {
        reply.setCookie(cookieName, token, {
          httpOnly: true,
          sameSite: 'strict',
          secure: deps.config.secure,
          path: '/',
          maxAge: Math.max(1, Math.floor((row.ends_at - nowMs) / 1000)),
        })
      }
    },

    async times(session) {
      const row = await sessionById(database.db, session)
      return {
        startedAt: row?.started_at ?? 0,
        idleAt: Math.min((row?.seen_at ?? 0) + (row?.idle_ms ?? 0), row?.ends_at ?? 0),
        endsAt: row?.ends_at ?? 0,
        provenAt: row?.strong_at ?? null,
      }
    },

    async signOut(actor, reply) {
      const { session } = actor
      if (session !== null) {
        await database.transaction(async (tx) => {
          await changeSession(tx, session, { ended_at: clock.nowMs() })
          await ledger.append(tx, {
            municipality: actor.municipality,
            kind: 'session.closed',
            coarse: 'access',
            subjects: [`person:${actor.id}`],
            actor,
          })
          afterCommit(tx, () => tell([session]))
        })
      }
      reply.clearCookie(cookieName, { path: '/' })
    },

    async endAll(tx, account, except) {
      const ended = await endSessions(tx, account, clock.nowMs(), except)
      afterCommit(tx, () => tell(ended))
    },

    async expire() {
      tell(await endExpired(database.db, clock.nowMs()))
    },

    onEnded(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** What an abandoned screen does by itself (asking who it is, holding a socket) does not keep its session alive. */
function isWork(request: FastifyRequest): boolean {
  return request.headers.upgrade === undefined && request.routeOptions.url !== '/api/me'
}

/** A person at work, in a session or (null) before there is one. */
export function actorOf(account: AccountRow, session: string | null, enteredBy?: string | null): Actor {
  return {
    kind: 'person',
    id: account.id,
    municipality: account.municipality,
    name: account.name,
    roles: account.roles,
    officer: account.officer,
    session,
    device: null,
    ...(enteredBy == null ? {} : { enteredBy }),
    ...(account.bound_case === null || account.bound_until === null
      ? {}
      : { bound: { case: account.bound_case, untilMs: account.bound_until } }),
  }
}

/** Closed, or an outside account whose time is over. */
export function hasEnded(account: Pick<AccountRow, 'closed_at' | 'bound_until'>, nowMs: number): boolean {
  return account.closed_at !== null || (account.bound_until !== null && nowMs >= account.bound_until)
}

function timesOf(row: SessionRow) {
  return { seenAt: row.seen_at, idleMs: row.idle_ms, endsAt: row.ends_at, endedAt: row.ended_at }
}
