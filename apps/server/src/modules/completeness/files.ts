/** What anybody may fetch: the completeness export and each camera's enrolment. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { systemActor } from '../../kernel/actor.ts'
import type { PublicFile } from '../../kernel/http.ts'
import type { CompletenessDeps, CompletenessSettings } from './door.ts'
import { makeExport, publicProof } from './export.ts'
import { openDevicePage } from './open-device.ts'

export function completenessFiles(deps: CompletenessDeps, settings: CompletenessSettings): readonly PublicFile[] {
  let made: { readonly atMs: number; readonly bytes: Promise<Uint8Array> } | null = null

  /** One at a time, and not again within the minute: it reads every number. */
  async function exported(municipality: string): Promise<Uint8Array> {
    const nowMs = deps.clock.nowMs()
    if (made === null || nowMs - made.atMs >= settings.exportMs) {
      const bytes = makeExport(deps, municipality)
      made = { atMs: nowMs, bytes }
      bytes.catch(() => {
        made = null
      })
    }
    return made.bytes
  }

  async function device(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { name } = request.params as { readonly name: string }
    const id = name.replace(/\.json$/, '')
    const municipality = deps.identity.municipality()
    const isId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)
    const scope = municipality === null ? null : { municipality: municipality.id, actor: systemActor(municipality.id) }
    const found = scope === null || !isId ? null : await deps.fleet.device(scope, id)
    const proof = found?.enrolmentEntry == null ? null : await deps.ledger.proofOf(found.enrolmentEntry)
    const entry = publicProof(proof ?? undefined)
    open(reply)
    if (municipality === null || found === null || proof === null || entry === null) {
      return reply.code(404).type('text/plain; charset=utf-8').send('Este equipo no figura en el libro público.\n')
    }
    const { checkpoint } = proof
    if (name.endsWith('.json')) {
      return reply.send({ device: id, code: found.code, kind: found.kind, entry, checkpoint })
    }
    const page = await openDevicePage({
      code: found.code,
      kind: found.kind,
      municipality: municipality.name,
      timeZone: municipality.timeZone,
      entry,
      checkpoint,
      json: `/open/devices/${id}.json`,
    })
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(page)
  }

  return [
    {
      url: '/open/completeness.json',
      handle: async (_request, reply) => {
        const municipality = deps.identity.municipality()
        open(reply)
        return municipality === null
          ? reply.code(404).send()
          : reply.type('application/json; charset=utf-8').send(Buffer.from(await exported(municipality.id)))
      },
    },
    { url: '/open/devices/:name', handle: device },
  ]
}

function open(reply: FastifyReply): void {
  reply.header('access-control-allow-origin', '*').header('cache-control', 'no-cache')
}
