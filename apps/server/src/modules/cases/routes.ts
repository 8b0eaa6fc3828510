/** The contract's operations on cases, each led to what does it. */
import { Readable } from 'node:stream'
import { caseOperations, derivativeOperations, handOverOperations, shareOperations } from '@sereno/contracts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { type RouteTable, routes } from '../../kernel/http.ts'
import { readBody } from '../../kernel/http-body.ts'
import { addNote, addPerson, changeWords, takeOutPerson } from './change.ts'
import { keepStill, makeClip } from './derive.ts'
import { closeCase, mergeCase, reopenCase, transferCase } from './dispose.ts'
import type { CasesDeps } from './door.ts'
import { askHandOver, copyPackage, document, keepScan, readHandOver, receive } from './hand-over.ts'
import { revokeLive, shareLive } from './live-share.ts'
import { addToCase, noteKnowledge, openCase, removeFromCase } from './open.ts'
import { openDerivative, sendDerivative, sendLineage } from './open-derivative.ts'
import { casePage } from './page.ts'
import { derivativeView, handOverView, liveView, noteView, personView, shareView, summariesOf } from './present.ts'
import { demand } from './record.ts'
import { findCases } from './search.ts'
import { idsOf, newEntrance, revokeShare, shareCase } from './share.ts'
import { needCase } from './store.ts'
import { itemsOf, lockShare } from './store-copies.ts'
import type { CaseRow, HandOverRow } from './tables.ts'

const done = { ok: true } as const
const documentLimitBytes = 12 * 1024 * 1024
const documentTimeoutMs = 120_000

export function caseRoutes(deps: CasesDeps): RouteTable {
  const { db } = deps.database

  async function summary(row: CaseRow) {
    const [one] = await summariesOf(db, [row], deps.clock.nowMs())
    if (one === undefined) {
      throw new Refusal('case.not-found')
    }
    return one
  }
  const again = async (scope: Scope, id: string) => summary(await needCase(db, scope, id))
  const handOver = async (made: HandOverRow) => handOverView(made, await itemsOf(db, [made.id]))

  return [
    ...routes(derivativeOperations, {
      'POST /cases/:id/clips': async ({ scope, params, body }) =>
        derivativeView(await makeClip(deps, scope, params.id, body)),
      'POST /cases/:id/stills': async ({ scope, params, query, request }) =>
        derivativeView(await keepStill(deps, scope, params.id, query, await bytesOf(request))),
      'POST /cases/:id/derivatives/:derivative/open': ({ scope, params, body }) =>
        openDerivative(deps, scope, params.id, { ...body, derivative: params.derivative }),
      'GET /derivatives/:opening/file': ({ scope, params, reply }) =>
        sendDerivative(deps, scope, params.opening, reply),
      'GET /derivatives/:opening/lineage.json': ({ scope, params, reply }) =>
        sendLineage(deps, scope, params.opening, reply),
    }),
    ...routes(handOverOperations, {
      'POST /cases/:id/hand-overs': async ({ scope, params, body }) =>
        handOver(await askHandOver(deps, scope, params.id, body)),
      'GET /hand-overs/:id/acta.pdf': async ({ scope, params, reply }) => {
        const { made, bytes } = await document(deps, scope, params.id, 'acta')
        await send(reply, bytes, { type: 'application/pdf', name: `acta-de-entrega-${made.number}.pdf` })
      },
      'GET /hand-overs/:id/acta.json': async ({ scope, params, reply }) => {
        const { made } = await readHandOver(deps, scope, params.id)
        if (made.acta_envelope === null) {
          throw new Refusal('case.not-ready')
        }
        const name = `acta-de-entrega-${made.number}.json`
        await send(reply, Buffer.from(made.acta_envelope, 'latin1'), { type: 'application/json', name })
      },
      'GET /hand-overs/:id/packages/:recording': async ({ scope, params, reply }) => {
        const { bytes, fileName, sizeBytes } = await copyPackage(deps, scope, params.id, params.recording)
        await sendPackage(reply, { bytes, fileName, sizeBytes })
      },
      'POST /hand-overs/:id/receipt': async ({ scope, params, body }) =>
        handOver(await receive(deps, scope, params.id, body)),
      'POST /hand-overs/:id/scan': async ({ scope, params, query, request }) => {
        await keepScan(deps, scope, params.id, { type: query.type, bytes: await bytesOf(request) })
        return done
      },
      'GET /hand-overs/:id/scan': async ({ scope, params, reply }) => {
        const { made, bytes } = await document(deps, scope, params.id, 'scan')
        const type = made.scan_type ?? 'application/octet-stream'
        await send(reply, bytes, { type, name: `cargo-${made.number}.${type.split('/')[1] ?? 'bin'}` })
      },
    }),
    ...routes(shareOperations, {
      'POST /cases/:id/shares': async ({ scope, params, body }) => {
        const { share, entrance } = await shareCase(deps, scope, params.id, body)
        return { share: shareView(share, deps.clock.nowMs(), false), entrance }
      },
      'POST /cases/:id/shares/:share/entrance': ({ scope, params }) =>
        newEntrance(deps, scope, params.id, params.share),
      'POST /cases/:id/shares/:share/revoke': async ({ scope, params, body }) => {
        await revokeShare(deps, scope, params.id, { share: params.share, reason: body.reason })
        return done
      },
      'GET /cases/:id/shares/:share/looks': async ({ scope, params }) => {
        const row = await needCase(db, scope, params.id)
        demand(deps, scope, 'case.share', row)
        const share = await lockShare(db, scope, params.share, await idsOf(db, scope, row))
        return { entries: [...(await deps.ledger.entriesOf(scope, `person:${share.account}`))] }
      },
      'POST /cases/:id/live': async ({ scope, params, body }) => {
        const { live, guest } = await shareLive(deps, scope, params.id, body)
        return liveView(live, guest)
      },
      'POST /cases/:id/live/:live/revoke': async ({ scope, params, body }) => {
        await revokeLive(deps, scope, params.id, { live: params.live, reason: body.reason })
        return done
      },
    }),
    ...routes(caseOperations, {
      'GET /cases': async ({ scope, query }) => {
        const { rows, next } = await findCases(deps, scope, query)
        const nowMs = deps.clock.nowMs()
        return { cases: [...(await summariesOf(db, rows, nowMs))], next, nowMs }
      },
      'POST /cases': async ({ scope, body }) => summary(await openCase(deps, scope, body)),
      'GET /cases/:id': ({ scope, params }) => casePage(deps, scope, params.id),
      'PATCH /cases/:id': async ({ scope, params, body }) => {
        await changeWords(deps, scope, params.id, body)
        return again(scope, params.id)
      },
      'POST /cases/:id/knowledge': async ({ scope, params, body }) => {
        await noteKnowledge(deps, scope, params.id, body)
        return again(scope, params.id)
      },
      'POST /cases/:id/recordings': async ({ scope, params, body }) => {
        await addToCase(deps, scope, params.id, body)
        return done
      },
      'POST /cases/:id/recordings/:recording/remove': async ({ scope, params, body }) => {
        await removeFromCase(deps, scope, params.id, { recording: params.recording, reason: body.reason })
        return done
      },
      'POST /cases/:id/people': async ({ scope, params, body }) =>
        personView(await addPerson(deps, scope, params.id, body)),
      'POST /cases/:id/people/:person/remove': async ({ scope, params, body }) => {
        await takeOutPerson(deps, scope, params.id, { person: params.person, reason: body.reason })
        return done
      },
      'POST /cases/:id/notes': async ({ scope, params, body }) => noteView(await addNote(deps, scope, params.id, body)),
      'POST /cases/:id/merge': async ({ scope, params, body }) => {
        await mergeCase(deps, scope, params.id, body)
        return again(scope, params.id)
      },
      'POST /cases/:id/transfer': async ({ scope, params, body }) => {
        await transferCase(deps, scope, params.id, body)
        return again(scope, params.id)
      },
      'GET /cases/:id/custodians': async ({ scope, params }) => {
        const row = await needCase(db, scope, params.id)
        demand(deps, scope, 'case.manage', row)
        const people = await deps.identity.peopleWith(scope, 'custodian')
        return { custodians: people.filter(({ id }) => id !== row.custodian).map(({ id, name }) => ({ id, name })) }
      },
      'POST /cases/:id/close': async ({ scope, params, body }) => {
        await closeCase(deps, scope, params.id, body.reason)
        return again(scope, params.id)
      },
      'POST /cases/:id/reopen': async ({ scope, params, body }) => {
        await reopenCase(deps, scope, params.id, body.reason)
        return again(scope, params.id)
      },
    }),
  ]
}

function bytesOf(request: FastifyRequest): Promise<Uint8Array> {
  const declared = Number(request.headers['content-length'])
  return readBody(
    request.raw,
    { limitBytes: documentLimitBytes, timeoutMs: documentTimeoutMs },
    ...(Number.isSafeInteger(declared) && declared > 0 ? [declared] : []),
  )
}

async function send(
  reply: FastifyReply,
  bytes: Uint8Array,
  as: { readonly type: string; readonly name: string },
): Promise<void> {
  reply
    .header('cache-control', 'no-store')
    .header('content-disposition', `attachment; filename="${as.name}"`)
    .type(as.type)
  await reply.send(Buffer.from(bytes))
}

export async function sendPackage(
  reply: FastifyReply,
  made: { readonly bytes: AsyncGenerator<Uint8Array>; readonly fileName: string; readonly sizeBytes: number },
): Promise<void> {
  reply
    .header('cache-control', 'no-store')
    .header('content-length', made.sizeBytes)
    .header('content-disposition', `attachment; filename="${made.fileName}"`)
    .type('application/zip')
  await reply.send(Readable.from(made.bytes, { objectMode: false, highWaterMark: 1024 * 1024 }))
}
