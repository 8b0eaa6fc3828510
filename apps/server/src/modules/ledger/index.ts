import { join } from 'node:path'
import { encodePromise, encodeVkey, promisePayloadType, toBase64, toHex } from '@sereno/proof'
import type { Actor, Scope } from '../../kernel/actor.ts'
import { afterCommit, type Db } from '../../kernel/database.ts'
import { Refusal, Unavailable } from '../../kernel/errors.ts'
import { createGroup } from '../../kernel/group.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import { type Appended, appendEntries } from './append.ts'
import { ledgerChecker } from './check-all.ts'
import { compareLog } from './compare.ts'
import { continueLog } from './continue.ts'
import { type Post, postOverHttp } from './cosign.ts'
import type { Ledger, PublishedCheckpoint } from './door.ts'
import { custodyEntry, openingsOf } from './entries.ts'
import type { NewEntry } from './entry.ts'
import { createHolds } from './holds.ts'
import { completeMirror, openMirror } from './mirror.ts'
import { destroyOpenings } from './openings.ts'
import { createProver, isPublished } from './prove.ts'
import { compareWithSigner, createPublisher, shown } from './publish.ts'
import { isAttested, quorumInForce } from './quorum.ts'
import { importPublished } from './restore.ts'
import { ledgerRoutes } from './routes.ts'
import { createSequencer, type Step } from './sequence.ts'
import { logFiles } from './serve.ts'
import { packedStamps } from './stamp-store.ts'
import { type AskAuthority, askOverHttp, createStamps } from './stamps.ts'
import { createStates } from './states.ts'
import { allLogs, insertLog, type Log, newestStored, nextNumber, olderLogs } from './store.ts'
import { entries, entryById } from './store-entries.ts'
import { pendingCount, sizeOf } from './store-tree.ts'
import { trustedByLedger } from './trusted.ts'
import { publicStatus, witnessingOf } from './view.ts'
import { findViews } from './views.ts'
import { activeWitnesses, answeringOutside, cosignersOf, hadQuorum, quorumSetting } from './witness-store.ts'
import { type DecideWitnesses, decisionsOf, isAllowed } from './witness-wish.ts'
import { createWitnesses } from './witnesses.ts'

export type { Appended } from './append.ts'
export type { EntryProof, Ledger } from './door.ts'
export type { NewEntry } from './entry.ts'
export type { View } from './views.ts'

export const ledgerMigrations = { module: 'ledger', folder: new URL('./migrations/', import.meta.url) }

export type LedgerDeps = Pick<Kernel, 'database' | 'signer' | 'clock' | 'ids' | 'fanout' | 'log' | 'config'> & {
  /** Called after each numbered step of sequencing and publishing; a test stops there. */
  readonly step?: Step
  /** How witnesses and time-stamping authorities are reached: over the network unless told. */
  readonly post?: Post
  readonly askAuthority?: AskAuthority
  /** Who may change who watches: asked of the module that keeps people. Nobody may, where nobody tells. */
  readonly decideWitnesses?: DecideWitnesses
}

const sequenceEveryMs = 250
const publishEveryMs = 5_000
const compareEveryMs = 3_600_000
const stampEveryMs = 60_000
/** More rows than this are compared while work begins: they take longer than people wait for a start. */
const comparedBeforeStart = 20_000
/** Entries of one transaction, of those that are recorded by themselves. */
const recordedTogether = 256
/** What a promise promises: sequenced and published within this time of its signature. */
const includedWithinMs = 60_000

const nobodyDecides: DecideWitnesses = () => {
  throw new Refusal('access.denied')
}

/** The append-only Merkle log of an installation (design §4). */
export function createLedger(deps: LedgerDeps): Ledger {
  const { database, signer, clock, ids } = deps
  const { db } = database
  const sequencer = createSequencer(database, deps.step)
  const logs: Log[] = []
  const older = new Map<string, Log>()
  const states = createStates(deps.log)
  const newest = new Map<string, PublishedCheckpoint>()
  const listeners = new Set<(checkpoint: PublishedCheckpoint) => void>()
  const mirrorOf = (log: Log) => openMirror(join(deps.config.dataFolder, 'ledger', log.origin))
  const publisher = createPublisher({ ...deps, post: deps.post ?? postOverHttp, mirrorOf })
  const proofs = createProver(db, logOf)
  const holds = createHolds(db, () => [...logs, ...older.values()])
  const stamps = createStamps({ ...deps, ask: deps.askAuthority ?? askOverHttp, append })
  const decide = deps.decideWitnesses ?? nobodyDecides
  const witnesses = createWitnesses({
    database,
    clock,
    ids,
    append,
    counter: (tx, municipality) => nextNumber(tx, municipality, 'witness-change'),
    witnessed,
    answering: (tx, municipality) => answeringOutside(tx, logOf(municipality)),
    decide,
  })

  function home(): Log {
    const log = logs[0]
    if (log === undefined) {
      throw new Unavailable('log')
    }
    return log
  }

  function logOf(municipality: string): Log {
    const log = logs.find((candidate) => candidate.municipality === municipality)
    if (log === undefined) {
      throw new Unavailable('log')
    }
    return log
  }

  async function appendAll(tx: Db, entries: readonly NewEntry[]) {
    for (const { municipality, coarse, subjects } of entries) {
      states.demandFollowing(municipality)
      // fleeting: what shows this asks again at once; whoever misses it asks later
      afterCommit(tx, () => deps.fanout.publish(`entries.${municipality}`, { coarse, subjects }))
    }
    return appendEntries(tx, entries, { nowMs: clock.nowMs(), ids })
  }

  async function append(tx: Db, entry: NewEntry) {
    const [appended] = await appendAll(tx, [entry])
    return appended as Appended
  }

  const alone = createGroup<NewEntry, Appended>(
    recordedTogether,
    (entries) => database.transaction((tx) => appendAll(tx, entries)),
    2,
  )

  async function promiseOf(municipality: string, leafHash: Uint8Array): Promise<string> {
    const promisedAtMs = clock.nowMs()
    const payload = encodePromise({
      format: 1,
      origin: logOf(municipality).origin,
      leafHash: toHex(leafHash),
      promisedAtMs,
      includedByMs: promisedAtMs + includedWithinMs,
    })
    return toBase64(await signer.sign('promise', promisePayloadType, payload))
  }

  async function sequenceAll(): Promise<void> {
    for (const log of logs) {
      if (states.of(log.municipality) === 'following') {
        await sequencer.run(log)
      }
    }
  }

  async function publishAll(): Promise<void> {
    for (const log of logs) {
      const { state, checkpoint, isNew } = await publisher.publish(log)
      states.published(log, state)
      if (checkpoint !== null) {
        newest.set(log.municipality, checkpoint)
      }
      if (isNew && checkpoint !== null && log === logs[0]) {
        deps.fanout.publish('checkpoint', checkpoint)
        for (const listener of listeners) {
          listener(checkpoint)
        }
      }
    }
  }

  /** What two people changed about who watches comes into force behind the checkpoint that those who watch now attest. */
  async function publishAndApply(): Promise<void> {
    await publishAll()
    for (const log of logs) {
      if (states.of(log.municipality) === 'following') {
        await witnesses.apply(log.municipality)
      }
    }
  }

  /** Every row of every log against what was signed. What it finds stops writing at once. */
  async function compareAll(): Promise<void> {
    for (const log of logs) {
      const { state, detail } = await compareLog({ db, signer }, log)
      states.compared(log, state === 'missing' || state === 'rewritten' ? state : 'following', detail)
    }
  }

  async function start(): Promise<void> {
    logs.splice(0, logs.length, ...(await allLogs(db)))
    for (const log of await olderLogs(db)) {
      older.set(log.origin, log)
    }
    for (const log of logs) {
      const { state } = await compareWithSigner(signer, db, log, await sizeOf(db, log))
      states.published(log, state)
      const stored = await newestStored(db, log)
      if (stored !== null) {
        newest.set(log.municipality, shown(stored))
        if (state === 'following') {
          await completeMirror(mirrorOf(log), db, log, stored.size)
        }
      }
    }
    const rows = [...newest.values()].reduce((sum, { size }) => sum + size, 0)
    const compared = compareAll()
    if (rows > comparedBeforeStart) {
      compared.catch((error: unknown) => deps.log.error({ err: error }, 'ledger: not compared'))
    } else {
      await compared
    }
    await sequenceAll()
    await publishAll()
  }

  async function flush(): Promise<void> {
    await sequenceAll()
    await publishAll()
  }

  const publishedSize = (municipality: string) => newest.get(municipality)?.size ?? 0

  async function vkeys(log: Log): Promise<readonly string[]> {
    const keys = await signer.publicKeys()
    return [await encodeVkey(log.origin, keys.log), await encodeVkey(log.origin, keys.logMlDsa, 'cosignature')]
  }

  async function witnessing(log: Log, reader: Actor | null) {
    return witnessingOf(db, log, {
      vkeys: await vkeys(log),
      state: states.of(log.municipality),
      newest: newest.get(log.municipality) ?? null,
      pending: publisher.pendingOf(log),
      nowMs: clock.nowMs(),
      mayChange: reader !== null && isAllowed(decide, reader, 'installation.write', { id: log.municipality }),
      mayDecide: (row) => (reader === null ? [] : decisionsOf(decide, reader, row)),
    })
  }

  async function witnessed(entryId: string): Promise<boolean> {
    const entry = await entryById(db, entryId)
    const log = entry === null ? null : logOf(entry.municipality)
    const stored = log === null ? null : await newestStored(db, log)
    if (entry === null || log === null || stored === null || entry.index === null || entry.index >= stored.size) {
      return false
    }
    const active = await activeWitnesses(db, log.municipality)
    const quorum = quorumInForce(await quorumSetting(db, log.municipality), active)
    if (quorum === 0 && (await hadQuorum(db, log.municipality))) {
      // Where there were witnesses, their absence attests nothing.
      return false
    }
    return isAttested(quorum, active, await cosignersOf(db, log, stored.size))
  }

  return {
    files: logFiles({
      db,
      publisher,
      homeLog: () => logs[0] ?? null,
      olderLog: (origin) => older.get(origin) ?? logs.find((log) => log.origin === origin) ?? null,
      status: async () => publicStatus(await witnessing(home(), null)),
    }),
    timers: [
      { name: 'ledger.sequence', everyMs: sequenceEveryMs, run: sequenceAll },
      { name: 'ledger.publish', everyMs: publishEveryMs, run: publishAndApply },
      { name: 'ledger.compare', everyMs: compareEveryMs, run: compareAll },
      {
        name: 'ledger.stamp',
        everyMs: stampEveryMs,
        run: async () => {
          for (const log of logs) {
            await stamps.run(log)
          }
        },
      },
    ],
    start,
    flush,
    compare: compareAll,
    stamp: () => stamps.run(home()),
    status: async () => {
      const log = home()
      const size = await sizeOf(db, log)
      return {
        state: states.of(log.municipality),
        size,
        committed: size + (await pendingCount(db, log.municipality)),
        checkpointAt: newest.get(log.municipality)?.publishedAt ?? null,
        waitingSince: publisher.pendingOf(log)?.sinceMs ?? null,
      }
    },
    routes: ledgerRoutes({ db, logOf, proofs, witnessing, witnesses, stamps }),
    check: ledgerChecker({ ...deps, mirrorOf, vkeys }),
    openLog: async (tx, municipality) => {
      const log = { municipality, origin: ids.uuid() }
      await insertLog(tx, log, clock.nowMs())
      afterCommit(tx, () => logs.push(log))
      return log.origin
    },
    gate: (operation) => {
      if (!operation.startsWith('GET ')) {
        states.demandFollowing(logs[0]?.municipality ?? '')
      }
    },
    append,
    appendAll,
    record: alone.add,
    promise: async (entryId) => {
      const entry = await entryById(db, entryId)
      if (entry === null) {
        throw new Refusal('ledger.not-found')
      }
      return promiseOf(entry.municipality, entry.hash)
    },
    promiseOf,
    opened: async (entryId) => {
      const entry = await entryById(db, entryId)
      const openings = entry === null ? null : await openingsOf(entry.fields)
      if (entry === null || openings === null) {
        throw new Refusal(entry === null ? 'ledger.not-found' : 'ledger.opening-lost')
      }
      return { leaf: entry.bytes, openings }
    },
    entriesOf: async (scope: Scope, subject) => {
      const found = await entries(db, scope, { subject })
      return found.map((entry) => custodyEntry(entry, publishedSize(scope.municipality)))
    },
    views: (scope, filter) => findViews(db, scope, filter),
    counter: (tx, name, municipality) => nextNumber(tx, municipality ?? home().municipality, name),
    isPublished: (entryId) => isPublished(db, logOf, entryId),
    witnessed,
    destroyOpenings: (tx, scope, subject, how) => destroyOpenings(append, tx, scope, subject, how),
    stampManifest: (tx, municipality, manifestSha256) => stamps.wishManifest(tx, municipality, manifestSha256),
    stampsOf: (manifestSha256) => packedStamps(db, home().municipality, manifestSha256),
    trusted: async () => trustedByLedger(db, home(), await vkeys(home())),
    proofOf: async (entryId) => (await proofs([entryId]))[0] ?? null,
    proofsOf: async (scope, subject) => proofs((await entries(db, scope, { subject })).map(({ id }) => id).reverse()),
    proofsFor: proofs,
    pageOf: async (scope, kind, before, limit) =>
      (await entries(db, scope, { kind, limit, ...(before === null ? {} : { before }) })).map(({ id, fields }) => ({
        id,
        fields: new Map(Object.entries(fields ?? {}).map(([name, [value]]) => [name, value] as const)),
      })),
    newestCheckpoint: () => (logs[0] === undefined ? null : (newest.get(logs[0].municipality) ?? null)),
    holds,
    onCheckpoint: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    get originUuid() {
      return home().origin
    },
    vkey: async () => encodeVkey(home().origin, (await signer.publicKeys()).log),
    continueLog: async () => {
      states.demandFollowing(home().municipality)
      const { origin } = await continueLog({ ...deps, vkeys, flush }, home())
      await start()
      return origin
    },
    importPublished: async (readBundle) => {
      let count = 0
      for (const log of await allLogs(db)) {
        count += await importPublished(deps, log, readBundle ?? mirrorOf(log).read)
      }
      await start()
      return count
    },
  }
}
