import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type Checkpoint, parseVkey, verifyCheckpoint } from '@sereno/proof'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import type { Finding } from '../../kernel/checker.ts'
import { connect, type Database, type Sql } from '../../kernel/database.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Migrations } from '../../kernel/migrations.ts'
import { openAppDatabase, ownerRole } from '../../kernel/postgres/roles.ts'
import { startTestInstallation, type TestClock, testClock } from '../../test-kit/index.ts'
import { createLedger, type Ledger, type NewEntry } from './index.ts'
import { type Mirror, openMirror } from './mirror.ts'
import { createSequencer, type Step } from './sequence.ts'

type Appended = { readonly id: string; readonly leafHash: Uint8Array }

/** One database with whatever ledger a test makes over it. */
type Books = {
  readonly database: Database
  readonly owner: Sql
  /** Over this database, by the installation's own signer or another one. */
  readonly newLedger: (step?: Step, signer?: Kernel['signer']) => Ledger
  readonly append: (entry: Partial<NewEntry>) => Promise<Appended>
  readonly close: () => Promise<void>
}

export type House = Books & {
  readonly ledger: Ledger
  readonly municipality: string
  readonly scope: Scope
  readonly signer: Kernel['signer']
  readonly clock: TestClock
  readonly dataFolder: string
  readonly ids: Kernel['ids']
  readonly mirrorOf: (origin: string) => Mirror
  /** The database as it is now, under another name: a backup that was restored. Same signer, same files. */
  readonly copy: () => Promise<Copy>
}
export type Copy = Books & {
  /** Appends as if nobody had ever compared this database with the signer. */
  readonly appendUnchecked: () => Promise<Appended>
  readonly placeAll: () => Promise<number>
}

export function entryOf(municipality: string, entry: Partial<NewEntry>): NewEntry {
  return {
    municipality,
    kind: 'device.tested',
    coarse: 'device',
    subjects: [],
    actor: systemActor(municipality),
    ...entry,
  }
}

export async function findings(ledger: Ledger): Promise<readonly Finding[]> {
  const found: Finding[] = []
  await ledger.check.run((finding) => found.push(finding))
  return found
}

/** The checkpoint of a note, after its signature was verified with nothing but the log's key. */
export async function verified(ledger: Ledger, note: string): Promise<Checkpoint> {
  const verifier = await parseVkey(await ledger.vkey())
  const checkpoint = verifier.ok ? await verifyCheckpoint(note, ledger.originUuid, [verifier.value]) : verifier
  if (!checkpoint.ok) {
    throw new Error(checkpoint.code)
  }
  return checkpoint.value.checkpoint
}

/** A ledger over a real PostgreSQL and a real signer, with one log. Its timers never run: `flush` does their work. */
export async function openHouse(migrations: readonly Migrations[]): Promise<House> {
  const clock = testClock()
  const installation = await startTestInstallation({ migrations, clock, compose: () => ({}) })
  const { kernel } = installation
  const municipality = kernel.ids.uuid()

  function booksOver(database: Database, owner: Sql): Books {
    const newLedger = (step?: Step, signer: Kernel['signer'] = kernel.signer) =>
      createLedger({ ...kernel, database, signer, ...(step === undefined ? {} : { step }) })
    const unchecked = newLedger()
    return {
      database,
      owner,
      newLedger,
      append: (entry) => database.transaction((tx) => unchecked.append(tx, entryOf(municipality, entry))),
      close: async () => undefined,
    }
  }

  const books = booksOver(kernel.database, installation.database.owner)
  const ledger = books.newLedger()
  await kernel.database.transaction((tx) => ledger.openLog(tx, municipality))
  await ledger.start()

  async function copy(): Promise<Copy> {
    const { socketFolder, name } = installation.database
    const copyName = `copy_${randomBytes(6).toString('hex')}`
    const admin = connect({ socketFolder, database: 'postgres', user: ownerRole, maxConnections: 1 })
    // A template must have no connections; the pools make new ones when next asked.
    await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`
    await admin.unsafe(`create database ${copyName} template ${name}`)
    const database = openAppDatabase(socketFolder, copyName, 4)
    const owner = connect({ socketFolder, database: copyName, user: ownerRole, maxConnections: 1 })
    const copied = booksOver(database, owner)
    return {
      ...copied,
      appendUnchecked: () => copied.append({ fields: { fork: 'yes' } }),
      placeAll: () => createSequencer(database).run({ municipality, origin: ledger.originUuid }),
      close: async () => {
        await Promise.all([database.close(), owner.end({ timeout: 1 })])
        await admin.unsafe(`drop database ${copyName} with (force)`)
        await admin.end({ timeout: 1 })
      },
    }
  }

  return {
    ...books,
    ledger,
    municipality,
    scope: { municipality, actor: systemActor(municipality) },
    signer: kernel.signer,
    clock,
    dataFolder: installation.dataFolder,
    ids: kernel.ids,
    mirrorOf: (origin) => openMirror(join(installation.dataFolder, 'ledger', origin)),
    copy,
    close: installation.close,
  }
}
