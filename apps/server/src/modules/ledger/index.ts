import { join } from 'node:path'
import { ledgerOperations } from '@sereno/contracts'
import { encodePromise, encodeVkey, promisePayloadType, toBase64, toHex } from '@sereno/proof'
import type { Scope } from '../../kernel/actor.ts'
import { afterCommit } from '../../kernel/database.ts'
import { Refusal, Unavailable } from '../../kernel/errors.ts'
import { routes } from '../../kernel/http.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import { appendEntry } from './append.ts'
import { checkLog } from './check.ts'
import type { Ledger, LedgerState, PublishedCheckpoint } from './door.ts'
import { custodyEntry, ledgerEntry } from './entries.ts'
import { openMirror } from './mirror.ts'
import { createProver, isPublished } from './prove.ts'
import { compareWithSigner, completeMirror, publish, shown } from './publish.ts'
import { importPublished } from './restore.ts'
import { createSequencer, type Step } from './sequence.ts'
import { logFiles } from './serve.ts'
import {
  allLogs,
  entries,
  entryById,
  insertLog,
  type Log,
  newestStored,
  nextNumber,
  pendingCount,
  sizeOf,
} from './store.ts'
import { openKinds } from './visibility.ts'

export type { EntryProof, Ledger } from './door.ts'
export type { NewEntry } from './entry.ts'

export const ledgerMigrations = { module: 'ledger', folder: new URL('./migrations/', import.meta.url) }

export type LedgerDeps = Pick<Kernel, 'database' | 'signer' | 'clock' | 'ids' | 'fanout' | 'log' | 'config'> & {
  /** Called after each numbered step of sequencing and publishing; a test stops there. */
  readonly step?: Step
}

const sequenceEveryMs = 250
const publishEveryMs = 5_000
/** What a promise promises: sequenced and published within this time of its signature. */
const includedWithinMs = 60_000
const pageSize = 100

/** The append-only Merkle log of an installation (design §4). */
export function createLedger(deps: LedgerDeps): Ledger {
  const { database, signer, clock, ids } = deps
  const { db } = database
  const sequencer = createSequencer(database, deps.step)
  const proofs = createProver(db)
  const logs: Log[] = []
  const states = new Map<string, LedgerState>()
  const newest = new Map<string, PublishedCheckpoint>()
  const listeners = new Set<(checkpoint: PublishedCheckpoint) => void>()
  const mirrorOf = (log: Log) => openMirror(join(deps.config.dataFolder, 'ledger', log.origin))
  const publisher = { database, signer, clock, mirrorOf, ...(deps.step === undefined ? {} : { step: deps.step }) }

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

  function setState(log: Log, state: LedgerState): void {
    if (state !== (states.get(log.municipality) ?? 'following')) {
      deps.log[state === 'following' ? 'info' : 'fatal'](
        { origin: log.origin, state },
        'ledger: compared with the signer',
      )
    }
    states.set(log.municipality, state)
  }

  function demandFollowing(municipality: string): void {
    const state = states.get(municipality) ?? 'following'
    if (state !== 'following') {
      throw new Refusal(state === 'behind' ? 'ledger.behind' : 'ledger.forked')
    }
  }

  async function sequenceAll(): Promise<void> {
    for (const log of logs) {
      if ((states.get(log.municipality) ?? 'following') === 'following') {
        await sequencer.run(log.municipality)
      }
    }
  }

  async function publishAll(): Promise<void> {
    for (const log of logs) {
      const { state, checkpoint, isNew } = await publish(publisher, log)
      setState(log, state)
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

  async function start(): Promise<void> {
    logs.splice(0, logs.length, ...(await allLogs(db)))
    for (const log of logs) {
      const { state } = await compareWithSigner(signer, db, log, await sizeOf(db, log.municipality))
      setState(log, state)
      const stored = await newestStored(db, log.municipality)
      if (stored !== null) {
        newest.set(log.municipality, shown(stored))
        if (state === 'following') {
          await completeMirror(mirrorOf(log), db, log, stored.size)
        }
      }
    }
    await sequenceAll()
    await publishAll()
  }

  async function flush(): Promise<void> {
    await sequenceAll()
    await publishAll()
  }

  const publishedSize = (municipality: string) => newest.get(municipality)?.size ?? 0

  async function status() {
    const log = home()
    const size = await sizeOf(db, log.municipality)
    return {
      state: states.get(log.municipality) ?? 'following',
      size,
      committed: size + (await pendingCount(db, log.municipality)),
      checkpointAt: newest.get(log.municipality)?.publishedAt ?? null,
    } as const
  }

  return {
    files: logFiles(db, () => logs[0] ?? null),
    timers: [
      { name: 'ledger.sequence', everyMs: sequenceEveryMs, run: sequenceAll },
      { name: 'ledger.publish', everyMs: publishEveryMs, run: publishAll },
    ],
    start,
    flush,
    status,
    routes: routes(ledgerOperations, {
      'GET /ledger/entries': async ({ scope, query, actor }) => {
        const limit = query.limit ?? pageSize
        // Asking for a subject or a fine kind must not tell what the fields of a closed entry say.
        const tellsFields = query.subject !== undefined || query.kind?.includes('.') === true
        const found = await entries(db, scope, {
          limit: limit + 1,
          subject: query.subject,
          kind: query.kind,
          coarse: tellsFields ? openKinds(actor) : undefined,
          before: query.cursor === undefined ? undefined : cursorOf(query.cursor),
        })
        const page = found.slice(0, limit)
        return {
          entries: page.map((entry) => ledgerEntry(entry, actor)),
          size: await sizeOf(db, scope.municipality),
          next: found.length > limit ? (page.at(-1)?.id ?? null) : null,
        }
      },
      'GET /ledger/entries/:id/proof': async ({ scope, params }) => {
        const entry = await entryById(db, params.id)
        if (entry === null || entry.municipality !== scope.municipality) {
          throw new Refusal('ledger.not-found')
        }
        const [proof] = await proofs([params.id])
        if (proof === undefined) {
          throw new Refusal('ledger.not-published')
        }
        return {
          index: proof.index,
          leafHash: toHex(entry.hash),
          proof: proof.proof.map(toHex),
          checkpoint: proof.checkpoint,
        }
      },
    }),
    check: {
      name: 'ledger',
      run: async (report) => {
        let examined = 0
        for (const log of await allLogs(db)) {
          const vkey = await encodeVkey(log.origin, (await signer.publicKeys()).log)
          examined += await checkLog({ database, signer, mirror: mirrorOf(log), vkey }, log, report)
        }
        return { examined }
      },
    },
    openLog: async (tx, municipality) => {
      const log = { municipality, origin: ids.uuid() }
      await insertLog(tx, log, clock.nowMs())
      afterCommit(tx, () => logs.push(log))
      return log.origin
    },
    gate: (operation) => {
      if (!operation.startsWith('GET ')) {
        demandFollowing(logs[0]?.municipality ?? '')
      }
    },
    append: async (tx, entry) => {
      demandFollowing(entry.municipality)
      const { municipality, coarse, subjects } = entry
      // fleeting: what shows this asks again at once; whoever misses it asks later
      afterCommit(tx, () => deps.fanout.publish(`entries.${municipality}`, { coarse, subjects }))
      return appendEntry(tx, entry, { nowMs: clock.nowMs(), ids })
    },
    promise: async (entryId) => {
      const entry = await entryById(db, entryId)
      if (entry === null) {
        throw new Refusal('ledger.not-found')
      }
      const promisedAtMs = clock.nowMs()
      const payload = encodePromise({
        format: 1,
        origin: logOf(entry.municipality).origin,
        leafHash: toHex(entry.hash),
        promisedAtMs,
        includedByMs: promisedAtMs + includedWithinMs,
      })
      return toBase64(await signer.sign('promise', promisePayloadType, payload))
    },
    entriesOf: async (scope: Scope, subject) => {
      const found = await entries(db, scope, { subject })
      return found.map((entry) => custodyEntry(entry, publishedSize(scope.municipality)))
    },
    counter: (tx, name, municipality) => nextNumber(tx, municipality ?? home().municipality, name),
    isPublished: (entryId) => isPublished(db, entryId),
    witnessed: (entryId) => isPublished(db, entryId),
    proofOf: async (entryId) => (await proofs([entryId]))[0] ?? null,
    proofsOf: async (scope, subject) => proofs((await entries(db, scope, { subject })).map(({ id }) => id).reverse()),
    newestCheckpoint: () => (logs[0] === undefined ? null : (newest.get(logs[0].municipality) ?? null)),
    onCheckpoint: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    get originUuid() {
      return home().origin
    },
    vkey: async () => encodeVkey(home().origin, (await signer.publicKeys()).log),
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

function cursorOf(cursor: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(cursor)) {
    throw new Refusal('request.invalid', { where: 'query/cursor' })
  }
  return cursor
}
