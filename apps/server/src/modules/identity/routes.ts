import { identityOperations, installationOperations, type Me } from '@sereno/contracts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import type { Actor } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { type RouteTable, routes } from '../../kernel/http.ts'
import { type AccessRouteDeps, accessRoutes } from './access-routes.ts'
import { firstLinkMs, linkMs } from './accounts.ts'
import { changeContact } from './contact.ts'
import { isFactorDemanded } from './factors.ts'
import { changeOfficer, officerNamed } from './officer.ts'
import { presentAccount, presentMe } from './present.ts'
import type { RouteDeps } from './route-deps.ts'
import { actorOf } from './sessions.ts'
import type { SignedIn } from './sign-in.ts'
import { accountById, accounts as allAccounts, homeMunicipality } from './store.ts'

const done = { ok: true } as const

export function identityRoutes(deps: AccessRouteDeps): RouteTable {
  const { database, sessions, accounts, own } = deps

  async function meOf(actor: Actor): Promise<Static<typeof Me>> {
    const row = await accountById(database.db, actor.municipality, actor.id)
    if (row === null || actor.session === null) {
      throw new Refusal('access.not-signed-in')
    }
    const { provenAt, ...session } = await sessions.times(actor.session)
    const factor = {
      demanded: isFactorDemanded(row, { strong_at: provenAt }, deps.demanded()),
      provenAt,
      code: row.second_factor !== null,
      passkey: row.has_passkey,
    }
    return presentMe(presentAccount(row, actor, deps.decide), row.language, deps.home(), { session, factor })
  }

  async function welcome(signedIn: SignedIn, reply: FastifyReply): Promise<Static<typeof Me>> {
    sessions.setCookie(reply, signedIn.token, signedIn.account.roles)
    return meOf(actorOf(signedIn.account, signedIn.session))
  }

  /** After a change of what protects the account: a new token at once. */
  async function renew(actor: Actor, request: FastifyRequest, reply: FastifyReply): Promise<typeof done> {
    if (actor.session !== null) {
      await sessions.rotate(request, reply, actor.session, true)
    }
    return done
  }

  return [
    ...routes(identityOperations, {
      'POST /session': async ({ body, request, reply }) =>
        welcome(await deps.signIn.byPassword(deps.home().id, body, request.ip), reply),
      'POST /session/link': async ({ body, request, reply }) =>
        welcome(await deps.signIn.byLink(body.token, body.code, request.ip), reply),
      'DELETE /session': async ({ actor, reply }) => {
        await sessions.signOut(actor, reply)
        return done
      },
      'GET /me': async ({ actor, request, reply }) => {
        if (actor.session !== null) {
          await sessions.rotate(request, reply, actor.session, false)
        }
        return meOf(actor)
      },
      'GET /me/task': async ({ actor }) => ({ task: await deps.tasks.current(actor) }),
      'POST /me/task/end': async ({ actor }) => {
        await deps.tasks.putDown(actor)
        return done
      },
      'POST /me/password': async ({ actor, scope, body, request, reply }) => {
        await own.setPassword(scope, body.next, { password: body.current, code: body.code }, request.ip)
        return renew(actor, request, reply)
      },
      'POST /me/second-factor': async ({ scope, body, request }) =>
        own.beginSecondFactor(scope, deps.home().name, body, request.ip),
      'POST /me/second-factor/confirm': async ({ actor, scope, body, request, reply }) => {
        await own.confirmSecondFactor(scope, body.code, request.ip)
        return renew(actor, request, reply)
      },
      'POST /me/language': async ({ scope, body }) => {
        await own.setLanguage(scope, body.language)
        return done
      },
      'GET /accounts': async ({ scope, actor }) => ({
        accounts: (await allAccounts(database.db, scope)).map((row) => presentAccount(row, actor, deps.decide)),
      }),
      'POST /accounts': async ({ scope, actor, body }) =>
        database.transaction(async (tx) => {
          const policy = accounts.demand(scope, '')
          if (body.officer !== undefined) {
            await officerNamed(deps, scope, body.officer)
          }
          const row = await accounts.create(tx, actor, scope.municipality, { ...body, policy })
          const link = await accounts.link(tx, actor, scope.municipality, row.id, firstLinkMs)
          return { account: presentAccount(row, actor, deps.decide), link }
        }),
      'POST /accounts/:id/roles': async ({ scope, actor, params, body }) =>
        database.transaction(async (tx) =>
          presentAccount(await accounts.changeRoles(tx, scope, params.id, body), actor, deps.decide),
        ),
      'POST /accounts/:id/officer': async ({ scope, actor, params, body }) =>
        database.transaction(async (tx) =>
          presentAccount(await changeOfficer(deps, tx, scope, params.id, body), actor, deps.decide),
        ),
      'POST /accounts/:id/close': async ({ scope, actor, params, body }) =>
        database.transaction(async (tx) =>
          presentAccount(await accounts.close(tx, scope, params.id, body.reason), actor, deps.decide),
        ),
      'POST /accounts/:id/second-factor/remove': async ({ scope, actor, params, body }) =>
        database.transaction(async (tx) =>
          presentAccount(await accounts.removeSecondFactor(tx, scope, params.id, body.reason), actor, deps.decide),
        ),
      'POST /accounts/:id/link': async ({ scope, actor, params }) => {
        accounts.demand(scope, params.id)
        const link = await database.transaction((tx) => accounts.link(tx, actor, scope.municipality, params.id, linkMs))
        return { link }
      },
    }),
    ...installationRoutes(deps, welcome),
    ...accessRoutes(deps, { meOf, welcome }),
  ]
}

function installationRoutes(
  deps: RouteDeps,
  welcome: (signedIn: SignedIn, reply: FastifyReply) => Promise<Static<typeof Me>>,
): RouteTable {
  const { config, clock } = deps
  return routes(installationOperations, {
    'GET /installation': async () => {
      const home = await homeMunicipality(deps.database.db)
      return {
        state: home === null ? 'set-up' : 'ready',
        installation: config.installation,
        municipality:
          home === null ? null : { id: home.id, name: home.name, timeZone: home.timeZone, fictitious: home.fictitious },
        version: config.version,
        origin: home?.origin ?? config.origin(),
        map: config.map,
        nowMs: clock.nowMs(),
      }
    },
    'POST /installation': async ({ body, request, reply }) => {
      const { municipality: _, links, ...signedIn } = await deps.setUp.setUp(body, request.ip)
      await deps.settled()
      return { me: await welcome(signedIn, reply), links }
    },
    'GET /installation/contact': async ({ actor }) => {
      const home = deps.home()
      const decision = deps.decide(actor, 'installation.write', { type: 'Installation', id: home.id, attributes: {} })
      return { telephone: home.telephone, may: decision.allowed ? ['installation.write'] : [] }
    },
    'POST /installation/contact': async ({ actor, body }) => {
      const home = deps.home()
      const decision = deps.decide(actor, 'installation.write', { type: 'Installation', id: home.id, attributes: {} })
      if (!decision.allowed) {
        throw new Refusal(decision.code)
      }
      await changeContact(deps, actor, home, body.telephone, decision.policy)
      await deps.settled()
      return done
    },
    'GET /health': async () => {
      const { freeBytes, sizeBytes } = deps.disk.space()
      const { size, committed, checkpointAt } = await deps.ledger.status()
      return {
        nowMs: clock.nowMs(),
        diskFreeBytes: freeBytes,
        diskSizeBytes: sizeBytes,
        ingestOpen: deps.disk.ingestOpen(),
        ledger: { size, committed, checkpointAt },
        signer: await deps.signer.publicKeys().then(
          () => true,
          () => false,
        ),
        startedAt: deps.startedAt,
      }
    },
  })
}
