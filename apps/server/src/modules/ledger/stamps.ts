import { hash } from 'node:crypto'
import { isCertificate, readResponse, timestampRequest, verifyStamp } from '@sereno/timestamp'
import type { Scope } from '../../kernel/actor.ts'
import { boundedBody } from '../../kernel/bounded-answer.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { Ids } from '../../kernel/ids.ts'
import type { Log as Lines } from '../../kernel/log.ts'
import type { NewEntry } from './entry.ts'
import {
  type Authority,
  authoritiesOf,
  insertAuthority,
  insertStamp,
  keepDay,
  noteAuthority,
  openWishes,
  removeAuthority,
  renewableStamps,
  wish,
} from './stamp-store.ts'
import { type Log, newestStored } from './store.ts'

/** Sends a request of RFC 3161 §3.4 (`application/timestamp-query`) and answers the body; rejects on anything else. */
export type AskAuthority = (url: string, request: Uint8Array) => Promise<Uint8Array>

export type Stamps = {
  readonly add: (scope: Scope, authority: Omit<Authority, 'id'>) => Promise<string>
  readonly remove: (scope: Scope, id: string, reason: string) => Promise<void>
  /** Wishes a stamp on a manifest, by the SHA-256 of its envelope; nothing where no authority is configured. */
  readonly wishManifest: (tx: Db, municipality: string, sha256: string) => Promise<void>
  /** One round: the day's checkpoint, what expires, then everything wished and not granted. Answers how many were granted. */
  readonly run: (log: Log) => Promise<number>
}

/** A stamp is renewed this long before its certificate or its algorithm ends, and `sereno check` names it from then on. */
export const renewBeforeMs = 90 * 24 * 3_600_000
const wishesARound = 200
const answerWithinMs = 15_000
/** A token with a chain of certificates has some ten thousand. */
const answerBytes = 256 * 1024

export const askOverHttp: AskAuthority = async (url, request) => {
  const response = await fetch(url, {
    method: 'POST',
    body: Buffer.from(request),
    headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
    signal: AbortSignal.timeout(answerWithinMs),
    redirect: 'error',
  })
  if (!response.ok) {
    throw new Error(`status ${response.status}`)
  }
  return boundedBody(response, answerBytes)
}

/**
 * Time stamps of authorities outside (RFC 3161), on manifests and on each day's checkpoint. A wish is a row; a round asks
 * every authority for what it has not granted yet, verifies the answer as any verifier would, and only then keeps it.
 *
 *  1. the wish is committed (with the sealing, or by the day)      crash: nothing, or a wish
 *  2. an authority is asked                                        crash: it has signed for nobody; the next round asks again
 *  3. its token is verified and kept                               crash before: as 2; after: granted
 */
export function createStamps(deps: {
  readonly database: Database
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Lines
  readonly ask: AskAuthority
  readonly append: (tx: Db, entry: NewEntry) => Promise<unknown>
}): Stamps {
  const { database, clock, ids } = deps
  const { db } = database

  async function enter(
    tx: Db,
    { actor, municipality }: Scope,
    kind: string,
    id: string,
    fields: Readonly<Record<string, string>>,
  ): Promise<void> {
    const policy = 'administracion-cuida-la-instalacion'
    const subjects = [`authority:${id}`]
    await deps.append(tx, { municipality, kind, coarse: 'installation', subjects, actor, policy, fields })
  }

  async function wishFor(
    tx: Db,
    municipality: string,
    kind: 'manifest' | 'checkpoint' | 'renewal',
    subject: string,
    sha256: Uint8Array,
  ) {
    await wish(tx, { id: ids.uuid(), municipality, kind, subject, sha256, wishedAt: clock.nowMs() })
  }

  async function wishDay(log: Log): Promise<void> {
    const newest = await newestStored(db, log)
    const day = new Date(clock.nowMs()).toISOString().slice(0, 10)
    if (newest === null) {
      return
    }
    await database.transaction(async (tx) => {
      const { size, note } = newest
      if (await keepDay(tx, log.municipality, { day, origin: log.origin, size, note })) {
        await wishFor(tx, log.municipality, 'checkpoint', day, sha256(Buffer.from(note)))
      }
    })
  }

  async function wishRenewals(log: Log): Promise<void> {
    const nowMs = clock.nowMs()
    for (const stamp of await renewableStamps(db, log.municipality, { nowMs, beforeMs: nowMs + renewBeforeMs })) {
      await wishFor(db, log.municipality, 'renewal', stamp.id, sha256(stamp.token))
    }
  }

  async function askFor(log: Log, authority: Authority): Promise<number> {
    const wishes = await openWishes(db, log.municipality, authority.id, { nowMs: clock.nowMs(), limit: wishesARound })
    let granted = 0
    for (const wanted of wishes) {
      const problem = await grant(authority, wanted).catch(() => 'unreachable')
      await noteAuthority(db, log.municipality, { authority: authority.id, atMs: clock.nowMs(), problem })
      if (problem !== null) {
        deps.log.warn({ authority: authority.name, problem }, 'ledger: no time stamp')
        break
      }
      granted += 1
    }
    return granted
  }

  async function grant(
    authority: Authority,
    wanted: { readonly id: string; readonly municipality: string; readonly sha256: Uint8Array },
  ): Promise<string | null> {
    const nonce = ids.bytes(8)
    const answer = await deps.ask(authority.url, timestampRequest(wanted.sha256, nonce))
    const token = readResponse(answer)
    if (!token.ok) {
      return token.code
    }
    const certificates = [authority.certificate]
    const stamp = await verifyStamp(token.value, { sha256: wanted.sha256, nonce, certificates })
    if (!stamp.ok) {
      return stamp.code
    }
    await insertStamp(db, {
      id: ids.uuid(),
      municipality: wanted.municipality,
      wish: wanted.id,
      authority: authority.id,
      token: token.value,
      stampedAt: stamp.value.atMs,
      // Whichever ends first: the certificate, or what the world trusts its algorithm for.
      expiresAt: Math.min(stamp.value.expiresAtMs, stamp.value.algorithmEndsAtMs),
    })
    return null
  }

  return {
    async add(scope, authority) {
      if (!isCertificate(authority.certificate)) {
        throw new Refusal('ledger.wrong-certificate')
      }
      const id = ids.uuid()
      const { name, url } = authority
      await database.transaction(async (tx) => {
        const addedAt = clock.nowMs()
        await insertAuthority(tx, { ...authority, id, municipality: scope.municipality, addedAt })
        const certificate = hash('sha256', authority.certificate)
        await enter(tx, scope, 'authority.added', id, { name, url, certificate })
      })
      return id
    },
    async remove(scope, id, reason) {
      await database.transaction(async (tx) => {
        const name = await removeAuthority(tx, scope.municipality, id, clock.nowMs())
        if (name === null) {
          throw new Refusal('request.not-found')
        }
        await enter(tx, scope, 'authority.removed', id, { name, reason })
      })
    },
    async wishManifest(tx, municipality, manifest) {
      if ((await authoritiesOf(tx, municipality)).length > 0) {
        await wishFor(tx, municipality, 'manifest', manifest, Buffer.from(manifest, 'hex'))
      }
    },
    async run(log) {
      const authorities = await authoritiesOf(db, log.municipality)
      if (authorities.length === 0) {
        return 0
      }
      await wishDay(log)
      await wishRenewals(log)
      const granted = await Promise.all(authorities.map((authority) => askFor(log, authority)))
      return granted.reduce((sum, count) => sum + count, 0)
    },
  }
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hash('sha256', bytes, 'buffer'))
}
