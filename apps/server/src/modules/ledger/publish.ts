import { consistencyProof, equal, formatAddCheckpoint, rootAt, toHex } from '@sereno/proof'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, Db } from '../../kernel/database.ts'
import { type Signer, SignerRefusal } from '../../kernel/signer.ts'
import { askWitness, type Cosigned, type CosignProblem, cosignedBy, type Post, type ToCosign } from './cosign.ts'
import type { LedgerState, PublishedCheckpoint } from './door.ts'
import { storedNodes } from './frontier.ts'
import { type Mirror, mirrorLeaves } from './mirror.ts'
import { isAttested, quorumInForce } from './quorum.ts'
import type { Step } from './sequence.ts'
import { insertCheckpoint, isSucceeded, type Log, lockLog, newestStored, type StoredCheckpoint } from './store.ts'
import { sizeOf } from './store-tree.ts'
import {
  activeWitnesses,
  cosignersOf,
  insertCosignature,
  noteContact,
  quorumSetting,
  type StoredWitness,
  witnessesSeen,
} from './witness-store.ts'

export type PublisherDeps = {
  readonly database: Database
  readonly signer: Signer
  readonly clock: Clock
  readonly post: Post
  readonly mirrorOf: (log: Log) => Mirror
  readonly step?: Step
}

/** `checkpoint` is the newest one, `isNew` whether this call made it. */
export type Publication = {
  readonly state: LedgerState
  readonly checkpoint: PublishedCheckpoint | null
  readonly isNew: boolean
}

/** Signed, and waiting for witnesses. `sinceMs`: since when nothing could be published. */
export type Pending = {
  readonly size: number
  readonly note: string
  readonly signedAt: number
  readonly sinceMs: number
}

export type Publisher = {
  readonly publish: (log: Log) => Promise<Publication>
  readonly pendingOf: (log: Log) => Pending | null
  /** The request that a witness would be sent (C2SP tlog-witness): for one that fetches. Null before the first checkpoint. */
  readonly requestFor: (log: Log, oldSize: number) => Promise<string | null>
  /** Takes cosignatures that a witness hands in; answers how many of them are good and new. */
  readonly receive: (log: Log, lines: string) => Promise<number>
}

/** One that waits for its quorum is signed anew after this, so that what the signer remembers keeps up. */
const renewAfterMs = 30_000
/** Once the quorum is there, the others are waited for no longer than this. */
const graceMs = 300

/**
 * Publishes the sequenced tree. Order of effects, and what a crash after each means:
 *
 * 1. Take the municipality's advisory lock. Crash: the lock goes with the session.
 * 2. Compare the tree with the signer's last checkpoint: stop here when it is not an extension of it.
 * 3. Write the new entry bundles to the mirror, fsynced. Crash: the mirror is ahead by leaves that are committed
 *    and placed; the next run writes the same bytes again.
 * 4. The signer proves consistency, fsyncs, signs; release the lock. Crash: the signer is ahead of the checkpoint
 *    table. The next run asks it for what it signed last (step 2) and goes on from there.
 * 5. Ask the witnesses, all at once, and keep each good cosignature. Crash: they remember more than is published; the
 *    next request is answered with their size and made from there. Short of the quorum: stop here. Nothing is
 *    published, everybody is shown so, entries go on being taken, and the next run comes back to the same checkpoint.
 * 6. Insert the checkpoint and commit. Crash: published; listeners of the dead process are gone with it.
 * 7. Tell the listeners.
 *
 * Recovery is the next run: there is no other code for it.
 */
export function createPublisher(deps: PublisherDeps): Publisher {
  const { database, clock } = deps
  const step = deps.step ?? (() => undefined)
  const waiting = new Map<string, Pending>()
  const turns = new Map<string, Promise<unknown>>()

  /** Steps 1 to 4; a checkpoint that waits already is signed anew only once it is old. */
  async function sign(log: Log): Promise<{
    readonly state: LedgerState
    readonly stored: StoredCheckpoint | null
    readonly pending: Pending | null
  }> {
    return database.transaction(async (tx) => {
      await lockLog(tx, log.municipality, 'publish')
      const size = await sizeOf(tx, log)
      const stored = await newestStored(tx, log)
      const compared = await compareWithSigner(deps.signer, tx, log, size)
      await step('publish.compared')
      const { state } = compared
      if (state !== 'following' || size === 0 || stored?.size === size || (await isSucceeded(tx, log))) {
        waiting.delete(log.origin)
        return { state, stored, pending: null }
      }
      const before = waiting.get(log.origin)
      if (before !== undefined && clock.nowMs() - before.signedAt < renewAfterMs) {
        return { state, stored, pending: before }
      }
      await mirrorLeaves(deps.mirrorOf(log), tx, log, stored?.size ?? 0, size)
      await step('publish.mirrored')
      const nodes = storedNodes(tx, log, size)
      const root = await rootAt(nodes, size)
      const consistency = await consistencyProof(nodes, compared.signedSize, size)
      const note = await signOrNull(deps.signer, { origin: log.origin, size, root, consistency })
      if (note === null) {
        return { state: 'forked', stored, pending: null }
      }
      await step('publish.signed')
      const signedAt = clock.nowMs()
      const pending = { size, note, signedAt, sinceMs: before?.sinceMs ?? signedAt }
      waiting.set(log.origin, pending)
      return { state, stored, pending }
    })
  }

  function toCosign(log: Log, { size, note }: { readonly size: number; readonly note: string }): ToCosign {
    const nodes = storedNodes(database.db, log, size)
    const proofFrom = async (oldSize: number): Promise<readonly Uint8Array[]> =>
      oldSize === 0 || oldSize >= size ? [] : consistencyProof(nodes, oldSize, size)
    return { size, note, proofFrom }
  }

  async function keep(log: Log, size: number, witness: StoredWitness, answer: Cosigned | CosignProblem): Promise<void> {
    const nowMs = clock.nowMs()
    const problem = 'problem' in answer ? answer.problem : null
    if ('lines' in answer) {
      await insertCosignature(database.db, log, { size, witness: witness.id, receivedAt: nowMs, ...answer })
    }
    await noteContact(database.db, log.municipality, { witness: witness.id, atMs: nowMs, problem })
  }

  /** Step 5: true when the checkpoint carries what the policy demands. */
  async function collect(log: Log, pending: Pending): Promise<boolean> {
    const { db } = database
    const seen = await witnessesSeen(db, log)
    const quorum = quorumInForce(await quorumSetting(db, log.municipality), seen)
    const have = await cosignersOf(db, log, pending.size)
    const wanted = seen.flatMap(({ url, ...witness }) =>
      url === null || have.has(witness.id) ? [] : [{ ...witness, url }],
    )
    const checkpoint = toCosign(log, pending)
    const reached = Promise.withResolvers<void>()
    const cosigners = new Set(have)
    const asked = wanted.map(async (witness) => {
      const answer = await askWitness(deps.post, witness, witness.cosignedSize ?? 0, checkpoint)
      await keep(log, pending.size, witness, answer)
      if ('lines' in answer) {
        cosigners.add(witness.id)
      }
      if (isAttested(quorum, seen, cosigners)) {
        setTimeout(reached.resolve, graceMs).unref()
      }
    })
    await Promise.race([Promise.all(asked), reached.promise])
    return isAttested(quorum, seen, await cosignersOf(db, log, pending.size))
  }

  async function publishNow(log: Log): Promise<Publication> {
    const { state, stored, pending } = await sign(log)
    const older = { state, checkpoint: stored === null ? null : shown(stored), isNew: false }
    if (pending === null || !(await collect(log, pending))) {
      return older
    }
    await step('publish.attested')
    const published = await database.transaction(async (tx) => {
      await lockLog(tx, log.municipality, 'publish')
      const root = await rootAt(storedNodes(tx, log, pending.size), pending.size)
      const checkpoint = { size: pending.size, root, note: pending.note, published_at: clock.nowMs() }
      await insertCheckpoint(tx, log, checkpoint)
      await step('publish.written')
      return shown(checkpoint)
    })
    waiting.delete(log.origin)
    await step('publish.committed')
    return { state, checkpoint: published, isNew: true }
  }

  return {
    pendingOf: (log) => waiting.get(log.origin) ?? null,
    // One at a time of a log: a timer and an export may ask at once.
    publish(log) {
      const next = (turns.get(log.origin) ?? Promise.resolve()).then(
        () => publishNow(log),
        () => publishNow(log),
      )
      turns.set(log.origin, next)
      return next
    },
    async requestFor(log, oldSize) {
      const newest = waiting.get(log.origin) ?? (await newestStored(database.db, log))
      if (newest === null || newest === undefined || oldSize > newest.size) {
        return null
      }
      const proof = await toCosign(log, newest).proofFrom(oldSize)
      return formatAddCheckpoint({ oldSize, proof, checkpoint: newest.note })
    },
    async receive(log, lines) {
      const witnesses = await activeWitnesses(database.db, log.municipality)
      const candidates = [waiting.get(log.origin), await newestStored(database.db, log)]
      let count = 0
      for (const { size, note } of candidates.filter((candidate) => candidate !== null && candidate !== undefined)) {
        for (const witness of witnesses) {
          const cosigned = await cosignedBy(witness, note, lines)
          if (cosigned !== null) {
            await keep(log, size, witness, cosigned)
            count += 1
          }
        }
      }
      return count
    },
  }
}

/** Whether the stored tree of `size` leaves holds all that the signer ever signed for this log. */
export async function compareWithSigner(
  signer: Signer,
  db: Db,
  log: Log,
  size: number,
): Promise<{ readonly state: LedgerState; readonly signedSize: number }> {
  const signed = await signer.lastCheckpoint(log.origin)
  if (signed === null) {
    return { state: 'following', signedSize: 0 }
  }
  if (signed.size > size) {
    return { state: 'behind', signedSize: signed.size }
  }
  try {
    const root = await rootAt(storedNodes(db, log, signed.size), signed.size)
    return { state: equal(root, signed.root) ? 'following' : 'forked', signedSize: signed.size }
  } catch (error) {
    if (error instanceof RangeError) {
      // A tile is shorter than the tree: rows are gone.
      return { state: 'missing', signedSize: signed.size }
    }
    throw error
  }
}

export function shown(checkpoint: {
  readonly size: number
  readonly root: Uint8Array
  readonly published_at: number
}): PublishedCheckpoint {
  return { size: checkpoint.size, root: toHex(checkpoint.root), publishedAt: checkpoint.published_at }
}

async function signOrNull(signer: Signer, request: Parameters<Signer['signCheckpoint']>[0]): Promise<string | null> {
  try {
    return await signer.signCheckpoint(request)
  } catch (error) {
    if (error instanceof SignerRefusal && error.code === 'signer.fork') {
      return null
    }
    throw error
  }
}
