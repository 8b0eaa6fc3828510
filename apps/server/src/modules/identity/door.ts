import type { Permission, Purpose, RefusalCode, Role } from '@sereno/contracts'
import type { FastifyRequest } from 'fastify'
import type { Actor, Scope } from '../../kernel/actor.ts'
import type { Checker, Cron } from '../../kernel/checker.ts'
import type { Db } from '../../kernel/database.ts'
import type { RouteTable } from '../../kernel/http.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Ledger } from '../ledger/index.ts'

/** Why somebody looks: the task in hand. */
export type TaskWish = { readonly purpose: Purpose; readonly reference?: string | undefined }

export type IdentityDeps = Kernel & {
  readonly ledger: Ledger
  /** The officer by id, or null: asked of the module that keeps them, before an account is joined to one. */
  readonly officer?: (scope: Scope, id: string) => Promise<{ readonly code: string; readonly name: string } | null>
  /** Whether the reference is an open case: asked of the module that keeps them. Nothing is, where nobody tells. */
  readonly isOpenCase?: (scope: Scope, reference: string) => Promise<boolean>
}

/**
 * What is acted on. Attributes that policies read, all optional (absent means no):
 * `officer` (id of the officer recorded) · `quarantined` · `sos` (an SOS is open for the device, or the recording
 * began with one) · `startedAt` (epoch ms) · `account` (id of the account a watch or an account operation is about) ·
 * `municipality` (the actor's own unless told) · `case` (the case it is in), `revoked` (its share is over), `download` and
 * `live` (what its share allows), `reserved` (a complaint: not for those who command whom it names).
 */
export type Resource = {
  readonly type: string
  readonly id: string
  readonly attributes: Readonly<Record<string, string | number | boolean>>
}
export type Circumstance = {
  readonly purpose?: string | undefined
  /** Case, complaint or request number that the purpose refers to. */
  readonly reference?: string | undefined
  /** For the purpose `case`: whether the reference is an open case ({@link Identity.circumstance} looks it up). */
  readonly caseOpen?: boolean | undefined
}
/** `policy` is the id of the policy that decided; `code` what a refusal is answered with. */
export type Decision = { readonly allowed: boolean; readonly policy: string; readonly code: RefusalCode }

export type Person = { readonly id: string; readonly name: string; readonly roles: readonly Role[] }
export type Municipality = {
  readonly id: string
  readonly name: string
  /** IANA name. */
  readonly timeZone: string
  readonly fictitious: boolean
  /** The control room's, as it is dialled; null while nobody gave it. */
  readonly telephone: string | null
}
export type NewAccount = {
  readonly name: string
  readonly signIn: string
  readonly roles: readonly Role[]
  readonly officer?: string
  /** Demanded of an outside account, and of no other: the one case it may see, and until when (epoch ms). */
  readonly bound?: { readonly case: string; readonly untilMs: number }
}
/** A demonstration role and the web address that signs in as it, once. */
export type RoleLink = { readonly role: Role; readonly name: string; readonly url: string }

/** An account as a review of privileges lists it. */
export type ReviewedAccount = Person & {
  readonly signIn: string
  readonly officer: string | null
  readonly active: boolean
  readonly guest: boolean
  /** Whether it has a second factor. */
  readonly strong: boolean
  readonly createdAt: number
  readonly seenAt: number | null
}

export type Identity = {
  readonly routes: RouteTable
  readonly timers: readonly Cron[]
  readonly check: Checker
  start(): Promise<void>
  /** The person of the session cookie, or null. Moves the idle limit. */
  authenticate(request: FastifyRequest): Promise<Actor | null>
  /** Whether any of the actor's roles holds the permission: the contract's gate. The object itself needs `decide`. */
  permits(actor: Actor, permission: Permission): boolean
  decide(actor: Actor, action: Permission, resource: Resource, circumstance?: Circumstance): Decision
  /** Throws Refusal with the decision's code. The caller records refused looks (allowed: false). */
  require(
    actor: Actor,
    action: Permission,
    resource: Resource,
    circumstance?: Circumstance,
  ): { readonly policy: string }
  /** What a look states, with what must be looked up for the policies. */
  circumstance(
    scope: Scope,
    wish: { readonly purpose?: string; readonly reference?: string | undefined },
  ): Promise<Circumstance>
  /** The purpose and reference of a look just opened become the task in hand: in the look's own transaction. */
  rememberTask(tx: Db, actor: Actor, wish: TaskWish): Promise<void>
  /** The same for looks that are opened together. */
  rememberTasks(tx: Db, opened: readonly { readonly actor: Actor; readonly wish: TaskWish }[]): Promise<void>
  /** Those of the actions that the actor may do with the object, for at least one purpose. */
  may(actor: Actor, resource: Resource, actions: readonly Permission[]): Permission[]
  /** For what purposes the actor may do it with the object, in the contract's order. */
  purposes(actor: Actor, action: Permission, resource: Resource): Purpose[]
  person(db: Db, municipality: string, id: string): Promise<Person | null>
  /** Open accounts with the role, oldest first. */
  peopleWith(scope: Scope, role: Role): Promise<readonly Person[]>
  /** The installation's municipality; null before set-up. */
  municipality(): Municipality | null
  state(): 'set-up' | 'ready'
  /** For `createHttp({ gate })`: refuses `installation.not-set-up` for all but the set-up until it is done. */
  gate(operation: string): Promise<void>
  /** The one-use address of the first administrator; null when the installation is ready. A new one voids the last. */
  setUpLink(): Promise<string | null>
  createAccount(tx: Db, scope: Scope, account: NewAccount): Promise<Person>
  /** A one-time sign-in address for an account, an entry in the ledger. 15 minutes unless told. */
  oneTimeLink(tx: Db, scope: Scope, account: string, validMs?: number): Promise<string>
  /** The address and the eight digits of an outside account, told by two ways, each good once. An entry. */
  guestLink(
    tx: Db,
    scope: Scope,
    account: string,
  ): Promise<{ readonly url: string; readonly code: string; readonly expiresAt: number }>
  /** Closes an account for a caller that has decided it (an outside account ends with its share). An entry. */
  closeAccount(
    tx: Db,
    scope: Scope,
    account: string,
    why: { readonly reason: string; readonly policy: string },
  ): Promise<void>
  /** For `sereno link ROLE`: a fresh link for the first active account with the role. Null when there is none. */
  linkFor(role: Role): Promise<RoleLink | null>
  /** The fictitious municipality and its accounts; does nothing when a municipality exists. */
  seedDemonstration(): Promise<Municipality>
  /** Accounts for some officers of the fictitious municipality; does nothing for those that have one. */
  seedDemonstrationOfficers(
    officers: readonly { readonly id: string; readonly code: string; readonly name: string }[],
  ): Promise<void>
  /** One fresh link for each demonstration role (24 hours). */
  demonstrationLinks(): Promise<readonly RoleLink[]>
  /** Calls the listener with a session's id when it ends: sign-out, closed account, time over (within 15 s). */
  /** Throws `access.fresh-factor-required` unless a second factor was proven in the session within five minutes. */
  requireFresh(actor: Actor): Promise<void>
  /** Every account, by name. */
  accountsOf(scope: Scope): Promise<readonly ReviewedAccount[]>
  onSessionEnded(listener: (session: string) => void): () => void
}
