/** The contract's operations, each led to what does it. */
import { intakeOperations } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { type RouteTable, routes } from '../../kernel/http.ts'
import { connect, disconnect } from './axis/connect.ts'
import type { IntakeDeps, Play } from './door.ts'
import type { Finish } from './finish.ts'
import { connectionView, overview } from './overview.ts'
import type { Receive } from './receive.ts'
import type { MediaTools } from './sandbox.ts'
import { ignoreSource, matchSource } from './sources.ts'

export type Parts = {
  readonly receive: Receive
  readonly finish: Finish
  readonly play: Play
  readonly tools: () => MediaTools
}

export function intakeRoutes(deps: IntakeDeps, parts: Parts): RouteTable {
  const { receive, finish, play } = parts

  async function source(scope: Scope, id: string) {
    const found = (await overview(deps, scope, parts.tools)).sources.find((one) => one.id === id)
    if (found === undefined) {
      throw new Refusal('intake.not-found')
    }
    return found
  }

  return routes(intakeOperations, {
    'POST /device/uploads/known': ({ scope, body }) => receive.known(scope, body.files),
    'POST /device/uploads': ({ scope, body }) => receive.begin(scope, body),
    'PUT /device/uploads/:id/blocks/:block': ({ scope, params, request }) =>
      receive.block(scope, params.id, params.block, request),
    'GET /device/uploads/:id': async ({ scope, params }) => receive.view(scope, await receive.own(scope, params.id)),
    'POST /device/uploads/:id/complete': ({ scope, params, body }) => finish.complete(scope, params.id, body),
    'GET /intake': ({ scope }) => overview(deps, scope, parts.tools),
    'POST /intake/sources/:id/match': async ({ scope, params, body }) => {
      await matchSource(deps, scope, params.id, body)
      return source(scope, params.id)
    },
    'POST /intake/sources/:id/ignore': async ({ scope, params }) => {
      await ignoreSource(deps, scope, params.id)
      return source(scope, params.id)
    },
    'POST /intake/connections': async ({ scope, body }) => {
      const { row, fileName, file } = await connect(deps, scope, body)
      return { connection: connectionView(row), fileName, file }
    },
    'POST /intake/connections/:id/end': async ({ scope, params }) => {
      await disconnect(deps, scope, params.id)
      return { ok: true as const }
    },
    'GET /recordings/:id/files': async ({ scope, params }) => ({ files: [...(await play.files(scope, params.id))] }),
    'GET /looks/:look/files/:sequence': ({ scope, params, query, request, reply }) =>
      play.send(scope, params.look, { sequence: params.sequence, copy: query.copy === true }, request, reply),
  })
}
