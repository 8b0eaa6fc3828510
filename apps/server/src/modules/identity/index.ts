import type { Role } from '@sereno/contracts'
import { systemActor } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { createAccounts, firstLinkMs, linkMs } from './accounts.ts'
import { identityChecker } from './check.ts'
import { demonstrationRoles } from './demonstration.ts'
import type { Identity, IdentityDeps, Municipality, ReviewedAccount, RoleLink } from './door.ts'
import { forgetUnderWay } from './factor-store.ts'
import { demandedRoles, isFresh } from './factors.ts'
import { createOwnAccount } from './own-account.ts'
import { createPasskeys } from './passkeys.ts'
import { createDecide, mayDo, purposesFor } from './policy/decide.ts'
import { isOwn, permissionsOf } from './policy/permissions.ts'
import { loadPolicies } from './policy/policies.ts'
import { createProvider } from './provider.ts'
import { relyingParty } from './relying-party.ts'
import { identityRoutes } from './routes.ts'
import { createVault } from './secrets.ts'
import { createSessions } from './sessions.ts'
import { createSetUp } from './set-up.ts'
import { createSignIn } from './sign-in.ts'
import { forgetBefore } from './sign-in-store.ts'
import { type AccountRow, accountById, accounts as allAccounts, homeMunicipality, openAccountsWith } from './store.ts'
import { createTasks } from './task.ts'

export type { Identity, IdentityDeps, Resource, ReviewedAccount } from './door.ts'

export const identityMigrations = { module: 'identity', folder: new URL('./migrations/', import.meta.url) }

const hourMs = 3_600_000
const expireEveryMs = 15_000
const keptMs = 30 * 24 * hourMs
const setUpOperations: ReadonlySet<string> = new Set(['GET /installation', 'POST /installation'])

/** People, roles, sessions and decisions of access. */
export function createIdentity(deps: IdentityDeps): Identity {
  const { database, clock, config } = deps
  const startedAt = clock.nowMs()
  let known: Municipality | null = null
  let chosen: readonly Role[] | null = null
  let origin: string | null = null
  const demanded = () => demandedRoles(chosen, known?.fictitious ?? true)
  const originOf = () => origin ?? config.origin()

  function home(): Municipality {
    if (known === null) {
      throw new Refusal('installation.not-set-up')
    }
    return known
  }

  const decide = createDecide(loadPolicies(), clock)
  const sessions = createSessions({ ...deps, demanded })
  const vault = createVault(deps.signer, () => home().id, deps.ids.bytes)
  const accounts = createAccounts({ ...deps, sessions, decide })
  const signIn = createSignIn({ ...deps, sessions, vault })
  const own = createOwnAccount({ ...deps, accounts, sessions, vault, signIn })
  const passkeys = createPasskeys({ ...deps, accounts, sessions, party: () => relyingParty(originOf()) })
  const provider = createProvider({ ...deps, accounts, sessions, vault, origin: originOf })
  const tasks = createTasks(deps)
  const setUp = createSetUp({ ...deps, accounts, sessions })

  async function start(): Promise<void> {
    const home = await homeMunicipality(database.db)
    known = home
    chosen = home?.strongRoles ?? null
    origin = home?.origin ?? null
  }

  async function linksFor(roles: readonly RoleLink['role'][], validMs: number): Promise<RoleLink[]> {
    const { id } = known ?? (await homeMunicipality(database.db)) ?? { id: null }
    if (id === null) {
      return []
    }
    return database.transaction(async (tx) => {
      const links: RoleLink[] = []
      for (const role of roles) {
        const [account] = await openAccountsWith(tx, id, role, false)
        if (account !== undefined) {
          const url = await accounts.link(tx, systemActor(id), id, account.id, validMs)
          links.push({ role, name: account.name, url })
        }
      }
      return links
    })
  }

  async function forget(): Promise<void> {
    // Tasks refer to the sessions that are forgotten next.
    await tasks.forget()
    await forgetBefore(database.db, clock.nowMs() - keptMs)
    await forgetUnderWay(database.db, clock.nowMs())
  }

  return {
    start,
    routes: identityRoutes({
      ...deps,
      accounts,
      own,
      signIn,
      setUp,
      tasks,
      sessions,
      decide,
      home,
      settled: start,
      startedAt,
      passkeys,
      provider,
      origin: originOf,
      demanded,
      demandsChanged: (roles) => {
        chosen = roles
      },
    }),
    timers: [
      { name: 'identity.expire', everyMs: expireEveryMs, run: sessions.expire },
      { name: 'identity.forget', everyMs: hourMs, run: forget },
    ],
    check: identityChecker(database.db, deps.ledger),
    authenticate: sessions.authenticate,
    permits: (actor, permission) => {
      const holds = permissionsOf(actor.roles).has(permission)
      if (holds && actor.factorDemanded === true && !isOwn(permission)) {
        throw new Refusal('access.factor-demanded')
      }
      return holds
    },
    decide,
    require: (actor, action, resource, circumstance) => {
      const decision = decide(actor, action, resource, circumstance)
      if (!decision.allowed) {
        throw new Refusal(decision.code)
      }
      return { policy: decision.policy }
    },
    circumstance: async (scope, { purpose, reference }) => ({
      purpose,
      reference,
      caseOpen: purpose === 'case' && reference !== undefined && ((await deps.isOpenCase?.(scope, reference)) ?? false),
    }),
    rememberTask: tasks.remember,
    rememberTasks: tasks.rememberAll,
    may: (actor, resource, actions) => mayDo(decide, actor, resource, actions),
    purposes: (actor, action, resource) => purposesFor(decide, actor, action, resource),
    person: async (db, municipality, id) => {
      const row = await accountById(db, municipality, id)
      return row === null ? null : { id: row.id, name: row.name, roles: row.roles }
    },
    peopleWith: async (scope, role) => {
      const rows = await openAccountsWith(database.db, scope.municipality, role, false)
      return rows.map(({ id, name, roles }) => ({ id, name, roles }))
    },
    municipality: () => known,
    state: () => (known === null ? 'set-up' : 'ready'),
    gate: async (operation) => {
      if (known === null && !setUpOperations.has(operation)) {
        // Another process (a command) may have set it up.
        await start()
        home()
      }
    },
    setUpLink: async () => {
      const isReady = known !== null || (await homeMunicipality(database.db)) !== null
      return isReady ? null : `${config.origin()}/#setup=${await setUp.newToken()}`
    },
    createAccount: async (tx, scope, account) => {
      const row = await accounts.create(tx, scope.actor, scope.municipality, account)
      return { id: row.id, name: row.name, roles: row.roles }
    },
    oneTimeLink: (tx, scope, account, validMs = linkMs) =>
      accounts.link(tx, scope.actor, scope.municipality, account, validMs),
    guestLink: accounts.guestLink,
    closeAccount: async (tx, scope, account, why) => {
      await accounts.closeBy(tx, scope, account, why)
    },
    linkFor: async (role) => (await linksFor([role], linkMs))[0] ?? null,
    seedDemonstration: async () => {
      known = await setUp.seed()
      return known
    },
    seedDemonstrationOfficers: async (officers) => {
      await setUp.seedOfficers(home().id, officers)
    },
    demonstrationLinks: () => linksFor(demonstrationRoles, firstLinkMs),
    onSessionEnded: sessions.onEnded,
    requireFresh: async (actor) => {
      const provenAt = actor.session === null ? null : (await sessions.times(actor.session)).provenAt
      if (!isFresh(provenAt, clock.nowMs())) {
        throw new Refusal('access.fresh-factor-required')
      }
    },
    accountsOf: async (scope) => (await allAccounts(database.db, scope)).map(reviewed),
  }
}

function reviewed(row: AccountRow): ReviewedAccount {
  return {
    id: row.id,
    name: row.name,
    signIn: row.sign_in,
    roles: row.roles,
    officer: row.officer,
    active: row.closed_at === null,
    guest: row.bound_case !== null,
    strong: row.second_factor !== null || row.has_passkey,
    createdAt: row.created_at,
    seenAt: row.seen_at,
  }
}
