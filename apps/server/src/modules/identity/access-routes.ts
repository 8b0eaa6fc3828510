import { accessOperations, type Me, type Role } from '@sereno/contracts'
import type { FastifyReply } from 'fastify'
import type { Static } from 'typebox'
import type { Actor } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { type RouteTable, routes } from '../../kernel/http.ts'
import { changeDemands } from './factors.ts'
import type { Passkeys } from './passkeys.ts'
import type { Provider } from './provider.ts'
import { relyingParty } from './relying-party.ts'
import type { RouteDeps } from './route-deps.ts'
import type { SignedIn } from './sign-in.ts'
import { homeMunicipality } from './store.ts'

export type AccessRouteDeps = RouteDeps & {
  readonly passkeys: Passkeys
  readonly provider: Provider
  readonly origin: () => string
  readonly demanded: () => readonly Role[]
  readonly demandsChanged: (roles: readonly Role[]) => void
}
type Enter = {
  readonly meOf: (actor: Actor) => Promise<Static<typeof Me>>
  readonly welcome: (signedIn: SignedIn, reply: FastifyReply) => Promise<Static<typeof Me>>
}

const done = { ok: true } as const

/** Passkeys, the identity provider, and who must prove a second factor. */
export function accessRoutes(deps: AccessRouteDeps, { meOf, welcome }: Enter): RouteTable {
  const { passkeys, provider, own, sessions } = deps

  /** Where a passkey would work, when it does not at the address that was asked. */
  function whereFor(host: string): { readonly here: boolean; readonly at: string | null } {
    const party = relyingParty(deps.origin())
    const here = party !== null && new URL(party.origin).host === host
    return { here, at: party === null || here ? null : party.origin }
  }

  return routes(accessOperations, {
    'GET /session/ways': async ({ request }) => {
      const { here, at } = whereFor(request.host)
      const row = await provider.of(deps.home().id)
      return { passkeys: here, passkeysAt: at, provider: row === null ? null : { name: row.name } }
    },
    'POST /session/passkey/challenge': async ({ request }) => passkeys.challenge(deps.home().id, null, request.ip),
    'POST /session/passkey': async ({ body, request, reply }) =>
      welcome(await passkeys.signIn(deps.home().id, body, request.ip), reply),
    'POST /session/provider/begin': async ({ request, reply }) => provider.begin(deps.home().id, request.ip, reply),
    'POST /session/provider': async ({ body, request, reply }) =>
      welcome(await provider.finish(deps.home().id, body.query, request, reply), reply),
    'GET /me/passkeys': async ({ actor, request }) => {
      const { here, at } = whereFor(request.host)
      return { passkeys: await passkeys.list(actor.municipality, actor.id), available: here, availableAt: at }
    },
    'POST /me/passkeys/challenge': async ({ scope, body, request }) =>
      passkeys.begin(await own.proven(scope, body, request.ip), deps.home().name, request.ip),
    'POST /me/passkeys': async ({ actor, scope, body, request, reply }) => {
      const kept = await passkeys.keep(scope, body)
      if (actor.session !== null) {
        await sessions.rotate(request, reply, actor.session, true)
      }
      return kept
    },
    'POST /me/passkeys/revoke': async ({ scope, body, request }) => {
      await own.proven(scope, body, request.ip)
      await passkeys.revoke(
        scope,
        body.id,
        (account) => account.second_factor === null && account.roles.some((role) => deps.demanded().includes(role)),
      )
      return done
    },
    'POST /me/proof': async ({ actor, scope, body, request, reply }) => {
      if (body.passkey !== undefined) {
        await passkeys.prove(scope, body.passkey)
      } else {
        await own.proveCode(scope, body.code, request.ip)
      }
      if (actor.session !== null) {
        await sessions.rotate(request, reply, actor.session, true)
      }
      return meOf(actor)
    },
    'GET /installation/access': async ({ actor }) => {
      const home = await homeMunicipality(deps.database.db)
      const row = await provider.of(deps.home().id)
      const isOwner = mayChange(deps, actor).allowed
      return {
        strongRoles: [...deps.demanded()],
        isDefault: (home?.strongRoles ?? null) === null,
        provider:
          row === null
            ? null
            : {
                name: row.name,
                issuer: row.issuer,
                clientId: row.client_id,
                hasSecret: row.client_secret !== null,
                claim: row.claim,
                createsAccounts: row.creates_accounts,
                redirectUri: provider.redirectUri(),
              },
        redirectUri: provider.redirectUri(),
        may: isOwner ? ['installation.write'] : [],
      }
    },
    'POST /installation/access/strong-roles': async ({ actor, scope, body }) => {
      const { policy } = demand(deps, actor)
      const before = deps.demanded()
      deps.demandsChanged(await changeDemands(deps, scope, actor, { before, ...body }, policy))
      return done
    },
    'POST /installation/access/provider': async ({ actor, scope, body }) => {
      const { policy } = demand(deps, actor)
      await provider.change(scope, actor, body.provider, policy)
      return done
    },
    'GET /accounts/:id/passkeys': async ({ scope, params }) => ({
      passkeys: await passkeys.list(scope.municipality, params.id),
    }),
  })
}

function mayChange(deps: AccessRouteDeps, actor: Actor) {
  return deps.decide(actor, 'installation.write', { type: 'Installation', id: deps.home().id, attributes: {} })
}

function demand(deps: AccessRouteDeps, actor: Actor): { readonly policy: string } {
  const decision = mayChange(deps, actor)
  if (!decision.allowed) {
    throw new Refusal(decision.code)
  }
  return { policy: decision.policy }
}
