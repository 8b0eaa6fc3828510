import { systemActor } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { createAccounts, firstLinkMs, linkMs } from './accounts.ts'
import { identityChecker } from './check.ts'
import { demonstrationRoles } from './demonstration.ts'
import type { Identity, IdentityDeps, Municipality, RoleLink } from './door.ts'
import { createOwnAccount } from './own-account.ts'
import { createDecide, mayDo, purposesFor } from './policy/decide.ts'
import { permissionsOf } from './policy/permissions.ts'
import { loadPolicies } from './policy/policies.ts'
import { identityRoutes } from './routes.ts'
import { createVault } from './secrets.ts'
import { createSessions } from './sessions.ts'
import { createSetUp } from './set-up.ts'
import { createSignIn } from './sign-in.ts'
import { forgetBefore } from './sign-in-store.ts'
import { accountById, homeMunicipality, openAccountsWith } from './store.ts'

export type { Identity, IdentityDeps, Resource } from './door.ts'

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

  function home(): Municipality {
    if (known === null) {
      throw new Refusal('installation.not-set-up')
    }
    return known
  }

  const decide = createDecide(loadPolicies(), clock)
  const sessions = createSessions(deps)
  const vault = createVault(deps.signer, () => home().id, deps.ids.bytes)
  const accounts = createAccounts({ ...deps, sessions, decide })
  const signIn = createSignIn({ ...deps, sessions, vault })
  const own = createOwnAccount({ ...deps, accounts, sessions, vault, signIn })
  const setUp = createSetUp({ ...deps, accounts, sessions })

  async function start(): Promise<void> {
    known = await homeMunicipality(database.db)
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

  return {
    start,
    routes: identityRoutes({
      ...deps,
      accounts,
      own,
      signIn,
      setUp,
      sessions,
      decide,
      home,
      settled: (municipality) => {
        known = municipality
      },
      startedAt,
    }),
    timers: [
      { name: 'identity.expire', everyMs: expireEveryMs, run: sessions.expire },
      { name: 'identity.forget', everyMs: hourMs, run: () => forgetBefore(database.db, clock.nowMs() - keptMs) },
    ],
    check: identityChecker(database.db, deps.ledger),
    authenticate: sessions.authenticate,
    permits: (actor, permission) => permissionsOf(actor.roles).has(permission),
    decide,
    require: (actor, action, resource, circumstance) => {
      const decision = decide(actor, action, resource, circumstance)
      if (!decision.allowed) {
        throw new Refusal(decision.code)
      }
      return { policy: decision.policy }
    },
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
    demonstrationLinks: () => linksFor(demonstrationRoles, firstLinkMs),
    onSessionEnded: sessions.onEnded,
  }
}
