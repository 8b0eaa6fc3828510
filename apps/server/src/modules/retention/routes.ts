import { destructionOperations, holdOperations, retentionOperations, termOperations } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { type RouteTable, routes } from '../../kernel/http.ts'
import { approve as approveBatch, review, stop } from './batch.ts'
import { approve, propose, refuse } from './change.ts'
import type { RetentionDeps, RetentionSettings } from './door.ts'
import { approveClose, askClose, freeze, refuseClose } from './freeze.ts'
import { approveRelease, askRelease, notify, place, refuseRelease } from './hold.ts'
import { batchList, leavingPage, ofRecording, oneBatch, overview, publicFigures, rules } from './read.ts'
import { simulate } from './simulate.ts'
import { actaOf } from './store-batches.ts'
import { allHolds, freezeById, holdById } from './store-holds.ts'
import { changeById } from './store-rules.ts'
import type { ActaRow } from './tables.ts'
import { changeView, freezeView, holdView } from './view.ts'

export function retentionRoutes(deps: RetentionDeps, settings: RetentionSettings): RouteTable {
  const { db } = deps.database

  const found = <Row>(row: Row | null): Row => {
    if (row === null) {
      throw new Refusal('retention.not-found')
    }
    return row
  }
  const holdNow = async (scope: Scope, id: string) => holdView(deps, scope, found(await holdById(db, scope, id)))
  const freezeNow = async (scope: Scope, id: string) => freezeView(deps, scope, found(await freezeById(db, scope, id)))
  const changeNow = async (scope: Scope, id: string) => changeView(deps, scope, found(await changeById(db, scope, id)))
  const needActa = async (scope: Scope, batch: string): Promise<ActaRow> => found(await actaOf(db, scope, batch))

  return [
    ...routes(termOperations, {
      'GET /retention/rules': ({ scope }) => rules(deps, scope),
      'POST /retention/simulations': ({ scope, body }) => simulate(deps, db, scope, body),
      'POST /retention/changes': async ({ scope, body }) =>
        changeNow(scope, await propose(deps, scope, body.wish, body.reason)),
      'POST /retention/changes/:id/approve': async ({ scope, params }) => {
        await approve(deps, scope, params.id)
        return changeNow(scope, params.id)
      },
      'POST /retention/changes/:id/refuse': async ({ scope, params, body }) => {
        await refuse(deps, scope, params.id, body.reason)
        return changeNow(scope, params.id)
      },
    }),
    ...routes(holdOperations, {
      'GET /retention/holds': async ({ scope, query }) => ({
        holds: (await allHolds(db, scope, query.all ?? false)).map((row) => holdView(deps, scope, row)),
      }),
      'POST /recordings/:id/holds': async ({ scope, params, body }) =>
        holdNow(scope, await place(deps, scope, params.id, body)),
      'POST /retention/holds/:id/notification': async ({ scope, params, body }) => {
        await notify(deps, scope, params.id, body)
        return holdNow(scope, params.id)
      },
      'POST /retention/holds/:id/release': async ({ scope, params, body }) => {
        await askRelease(deps, scope, params.id, body.reason)
        return holdNow(scope, params.id)
      },
      'POST /retention/holds/:id/release/approve': async ({ scope, params }) => {
        await approveRelease(deps, scope, params.id)
        return holdNow(scope, params.id)
      },
      'POST /retention/holds/:id/release/refuse': async ({ scope, params, body }) => {
        await refuseRelease(deps, scope, params.id, body.reason)
        return holdNow(scope, params.id)
      },
      'POST /recordings/:id/freezes': async ({ scope, params, body }) =>
        freezeView(deps, scope, await freeze(deps, scope, params.id, body)),
      'POST /retention/freezes/:id/close': async ({ scope, params, body }) => {
        await askClose(deps, scope, params.id, body.reason)
        return freezeNow(scope, params.id)
      },
      'POST /retention/freezes/:id/close/approve': async ({ scope, params }) => {
        await approveClose(deps, scope, params.id)
        return freezeNow(scope, params.id)
      },
      'POST /retention/freezes/:id/close/refuse': async ({ scope, params, body }) => {
        await refuseClose(deps, scope, params.id, body.reason)
        return freezeNow(scope, params.id)
      },
    }),
    ...routes(destructionOperations, {
      'GET /retention/batches': ({ scope }) => batchList(deps, scope),
      'GET /retention/batches/:id': ({ scope, params }) => oneBatch(deps, scope, params.id),
      'POST /retention/batches/:id/review': async ({ scope, params, body }) => {
        await review(deps, settings, scope, params.id, body)
        return (await oneBatch(deps, scope, params.id)).batch
      },
      'POST /retention/batches/:id/approve': async ({ scope, params }) => {
        await approveBatch(deps, scope, params.id)
        return (await oneBatch(deps, scope, params.id)).batch
      },
      'POST /retention/batches/:id/stop': async ({ scope, params, body }) => {
        await stop(deps, settings, scope, params.id, body.reason)
        return (await oneBatch(deps, scope, params.id)).batch
      },
      'GET /retention/batches/:id/acta.pdf': async ({ scope, params, reply }) => {
        const acta = await needActa(scope, params.id)
        reply.type('application/pdf').header('content-disposition', `inline; filename="${acta.number}.pdf"`)
        await reply.send(Buffer.from(acta.pdf))
      },
      'GET /retention/batches/:id/acta.json': async ({ scope, params, reply }) => {
        const acta = await needActa(scope, params.id)
        reply.type('application/json').header('content-disposition', `attachment; filename="${acta.number}.json"`)
        await reply.send(acta.envelope)
      },
    }),
    ...routes(retentionOperations, {
      'GET /retention': ({ scope }) => overview(deps, scope),
      'GET /retention/leaving': ({ scope, query }) => leavingPage(deps, scope, query),
      'GET /recordings/:id/retention': ({ scope, params }) => ofRecording(deps, scope, params.id),
      'GET /public/retention': () => publicFigures(deps),
    }),
  ]
}
