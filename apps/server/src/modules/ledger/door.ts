import type { CustodyEntry } from '@sereno/contracts'
import type { Opening, PackedTimestamp, Trust } from '@sereno/proof'
import type { Static } from 'typebox'
import type { Scope } from '../../kernel/actor.ts'
import type { Checker, Cron } from '../../kernel/checker.ts'
import type { Db } from '../../kernel/database.ts'
import type { PublicFile, RouteTable } from '../../kernel/http.ts'
import type { Appended } from './append.ts'
import type { NewEntry } from './entry.ts'
import type { ReadBundle } from './mirror.ts'
import type { Destruction } from './openings.ts'
import type { View, ViewFilter } from './views.ts'

/** A published entry with all that an outsider needs to check it. */
export type EntryProof = {
  readonly id: string
  /** The leaf's bytes (evidence format, section 5). */
  readonly leaf: Uint8Array
  /** Null when the opening was lost in a restore. */
  readonly openings: readonly Opening[] | null
  readonly index: number
  /** RFC 9162 §2.1.3.1, from the leaf upwards. */
  readonly proof: readonly Uint8Array[]
  /** Signed note. All proofs of one answer lead to the same one. */
  readonly checkpoint: string
}

export type PublishedCheckpoint = { readonly size: number; readonly root: string; readonly publishedAt: number }

/**
 * `missing`: a published row is gone. `rewritten`: a row, an opening or the tree says something else.
 * `following`: the database holds all that was ever signed. `behind`: the signer has signed more than the database
 * holds (an old copy was restored). `forked`: they contradict each other. Only `following` takes entries.
 */
export type LedgerState = 'following' | 'behind' | 'forked' | 'missing' | 'rewritten'

export type Ledger = {
  readonly routes: RouteTable
  readonly timers: readonly Cron[]
  readonly check: Checker
  /** Compares database and signer, and finishes what a crash interrupted. Before the first append. */
  start(): Promise<void>
  /** The public log: `GET /log/checkpoint`, `/log/tile/…` (C2SP tlog-tiles). */
  readonly files: readonly PublicFile[]
  /**
   * For `createHttp({ gate })`: refuses everything but reading (`GET …`) while entries are refused, so that nothing is
   * taken in that could not be recorded.
   */
  gate(operation: string): void
  /** Begins the log of a new municipality, in the transaction that makes it; answers its origin. */
  openLog(tx: Db, municipality: string): Promise<string>
  /** Commits an entry with the caller's transaction (I-3). Refuses with `ledger.behind` or `ledger.forked`. */
  append(tx: Db, entry: NewEntry): Promise<Appended>
  /** The same for several in one statement; answers in their order. */
  appendAll(tx: Db, entries: readonly NewEntry[]): Promise<readonly Appended[]>
  /**
   * Commits an entry that nothing else is written with, in a transaction of its own: those that come at the same time
   * share one. Durable when it answers.
   */
  record(entry: NewEntry): Promise<Appended>
  /** The signed promise of a committed entry, base64 of a DSSE envelope. Only after the commit. */
  promise(entryId: string): Promise<string>
  /** The same for who has just committed it, without reading it back. */
  promiseOf(municipality: string, leafHash: Uint8Array): Promise<string>
  /** A committed entry as it can be opened before anything published holds it: what a promise is about. */
  opened(entryId: string): Promise<{ readonly leaf: Uint8Array; readonly openings: readonly Opening[] }>
  /** Entries that speak of the subject (`recording:<uuid>`), opened, newest first. The caller has decided who may. */
  entriesOf(scope: Scope, subject: string): Promise<readonly Static<typeof CustodyEntry>[]>
  /** Looks, newest first: who saw what, when and why. The caller has decided who may read them. */
  views(scope: Scope, filter: ViewFilter): Promise<readonly View[]>
  /** The next number of a gapless counter, from 1; rolls back with the transaction. The installation's own municipality unless told. */
  counter(tx: Db, name: string, municipality?: string): Promise<number>
  /** Whether a published checkpoint covers the entry. Cheap; {@link proofOf} shows it. */
  isPublished(entryId: string): Promise<boolean>
  /**
   * Whether the entry is in a published checkpoint that carries the quorum of witnesses in force; where no witnesses are
   * were ever configured, whether it is published. Destruction, releasing a hold and weakening retention wait for it; emergencies
   * never do.
   */
  witnessed(entryId: string): Promise<boolean>
  /**
   * Destroys the fields of every entry about a subject, with its record's retention; itself an entry. The leaves stay.
   * Answers how many. `keepKinds` keeps the destruction's own record.
   */
  destroyOpenings(tx: Db, scope: Scope, subject: string, how: Destruction): Promise<number>
  /** Wishes time stamps on a sealed manifest, in the transaction that seals it. Nothing where no authority is configured. */
  stampManifest(tx: Db, municipality: string, manifestSha256: string): Promise<void>
  /** The time stamps on a manifest, for a package. */
  stampsOf(manifestSha256: string): Promise<readonly PackedTimestamp[]>
  /** The ledger's part of the installation's trust file. */
  trusted(): Promise<Pick<Trust, 'log' | 'witnesses' | 'quorum' | 'timeAuthorities' | 'previousLogs'>>
  /** Compares every row with what was signed, as each hour and at the start: what it finds stops writing. */
  compare(): Promise<void>
  /** One round of time stamps, as each minute. Answers how many were granted. */
  stamp(): Promise<number>
  /** Null until the entry is published. */
  proofOf(entryId: string): Promise<EntryProof | null>
  /** Proofs of all entries of a subject, towards one checkpoint, oldest first; unpublished ones are left out. */
  proofsOf(scope: Scope, subject: string): Promise<readonly EntryProof[]>
  /** Proofs of these entries towards one checkpoint, in the order asked for; unpublished ones are left out. */
  proofsFor(entryIds: readonly string[]): Promise<readonly EntryProof[]>
  /** A page of entries of a kind, newest first, with what they say; `before` is the last id of the page before. */
  pageOf(
    scope: Scope,
    kind: string,
    before: string | null,
    limit: number,
  ): Promise<readonly { readonly id: string; readonly fields: ReadonlyMap<string, string> }[]>
  newestCheckpoint(): PublishedCheckpoint | null
  /** Whether one of our logs contains the tree of this size and root (hexadecimal). Asked once for a size, then remembered. */
  holds(seen: { readonly size: number; readonly root: string }): Promise<boolean>
  /** Calls the listener after each publication; answers how to stop. */
  onCheckpoint(listener: (checkpoint: PublishedCheckpoint) => void): () => void
  /** Origin of the installation's log. Throws Unavailable before set-up. */
  readonly originUuid: string
  /** The log's key in the C2SP form name+hash+key. */
  vkey(): Promise<string>
  status(): Promise<LedgerStatus>
  /** Publishes at once whatever is committed: before an export, at a clean stop. */
  flush(): Promise<void>
  /** Continues the log under new keys and a new origin; the old one stays served. Answers the new origin. */
  continueLog(): Promise<string>
  /**
   * After a restore (`behind`): takes back the published leaves that the database has lost, from the copy beside it
   * or from `readBundle` (entry bundle by index, of any mirror). Their bodies read "opening lost". Answers how many.
   */
  importPublished(readBundle?: ReadBundle): Promise<number>
}

export type LedgerStatus = {
  readonly state: LedgerState
  /** Leaves with a place in the tree. */
  readonly size: number
  /** Entries committed, sequenced or not. */
  readonly committed: number
  readonly checkpointAt: number | null
  /** Since when a signed checkpoint waits for its witnesses: publication is delayed. */
  readonly waitingSince: number | null
}
