/**
 * Opens a clip or still (I-3): 1 decide; what is refused is an entry 2 one transaction: the entry and the opening
 * 3 only now is there an address that serves bytes. Each request reads the opening again.
 */
import { Readable } from 'node:stream'
import type { Purpose } from '@sereno/contracts'
import type { FastifyReply } from 'fastify'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import { derivativeKey } from './derive.ts'
import type { CasesDeps } from './door.ts'
import { demand, enter } from './record.ts'
import { idsOf } from './share.ts'
import { needCase } from './store.ts'
import { countLook, findDerivative, findOpening, insertOpening } from './store-copies.ts'
import type { CaseRow, DerivativeRow } from './tables.ts'

const opensForMs = 15 * 60_000

export type Opened = { readonly url: string; readonly entry: string; readonly expiresAt: number }

export async function openDerivative(
  deps: CasesDeps,
  scope: Scope,
  id: string,
  wish: { readonly derivative: string; readonly purpose: Purpose; readonly reference?: string },
): Promise<Opened> {
  const row = await needCase(deps.database.db, scope, id)
  demand(deps, scope, 'case.read', row)
  const made = await needDerivative(deps, scope, row, wish.derivative)
  const said = { purpose: wish.purpose, reference: wish.reference ?? row.code }
  const { policy } = await deps.evidence.offer.allow(scope, 'recording.view', made.recording, said)
  return begin(deps, scope, row, made, {
    purpose: wish.purpose,
    policy,
    path: '/api/derivatives',
    remember: (tx) => deps.identity.rememberTask(tx, scope.actor, said),
  })
}

/** The derivative, if it is in the case or in one merged into it, and has not gone with its recording. */
export async function needDerivative(deps: CasesDeps, scope: Scope, row: CaseRow, id: string): Promise<DerivativeRow> {
  const made = await findDerivative(deps.database.db, scope, id)
  const family = await idsOf(deps.database.db, scope, row)
  if (made === null || !family.includes(made.case_id)) {
    throw new Refusal('case.not-found')
  }
  if (made.destroyed_at !== null) {
    throw new Refusal('recording.destroyed')
  }
  return made
}

export async function begin(
  deps: CasesDeps,
  scope: Scope,
  row: CaseRow,
  made: DerivativeRow,
  decided: {
    readonly purpose: Purpose
    readonly policy: string
    readonly path: string
    /** In the opening's transaction. */
    readonly remember?: (tx: Db) => Promise<void>
  },
): Promise<Opened> {
  const opening = deps.ids.uuid()
  const openedAt = deps.clock.nowMs()
  const expiresAt = openedAt + opensForMs
  // By whom it was recorded: officers find here who looked at them.
  const officer = (await deps.evidence.recording(scope, made.recording))?.officer?.id
  const recorder = officer === undefined ? [] : [`officer:${officer}`]
  const entry = await deps.database.transaction(async (tx) => {
    const { id } = await enter(deps, tx, scope, row, {
      kind: `${made.kind}.viewed`,
      coarse: 'access',
      purpose: decided.purpose,
      policy: decided.policy,
      subjects: [`recording:${made.recording}`, `person:${scope.actor.id}`, ...recorder],
      fields: { derivative: made.id, opening, sha256: made.sha256 },
    })
    await insertOpening(tx, {
      municipality: scope.municipality,
      id: opening,
      derivative: made.id,
      account: scope.actor.id,
      entry: id,
      opened_at: openedAt,
      expires_at: expiresAt,
    })
    await countLook(tx, scope.actor.id)
    await decided.remember?.(tx)
    return id
  })
  return { url: `${decided.path}/${opening}/file`, entry, expiresAt }
}

/** What the reader's own opening opens now. Throws `access.purpose-required` when it is over, `recording.destroyed`. */
export async function through(deps: CasesDeps, scope: Scope, opening: string): Promise<DerivativeRow> {
  const open = await findOpening(deps.database.db, scope, opening)
  if (open === null || open.expires_at <= deps.clock.nowMs()) {
    throw new Refusal('access.purpose-required')
  }
  const made = await findDerivative(deps.database.db, scope, open.derivative)
  if (made === null || made.destroyed_at !== null) {
    throw new Refusal('recording.destroyed')
  }
  return made
}

export async function sendDerivative(
  deps: CasesDeps,
  scope: Scope,
  opening: string,
  reply: FastifyReply,
): Promise<void> {
  const made = await through(deps, scope, opening)
  // Asked for each time: a key destroyed a moment ago opens nothing.
  const dataKey = await deps.signer.dataKey(made.recording)
  if (dataKey === null) {
    throw new Refusal('recording.destroyed')
  }
  const [type, ending] = made.kind === 'clip' ? ['video/mp4', 'mp4'] : ['image/png', 'png']
  reply
    .header('cache-control', 'no-store')
    .header('content-length', made.size_bytes)
    .header('content-disposition', `inline; filename="${made.recording_code}-${made.id.slice(-6)}.${ending}"`)
    .type(type)
  const bytes = deps.blobs.read(derivativeKey(made.recording, made.id), dataKey)
  await reply.send(Readable.from(bytes, { objectMode: false }))
}

export async function sendLineage(deps: CasesDeps, scope: Scope, opening: string, reply: FastifyReply): Promise<void> {
  const made = await through(deps, scope, opening)
  reply
    .header('cache-control', 'no-store')
    .header('content-disposition', `attachment; filename="${made.recording_code}-${made.id.slice(-6)}.json"`)
    .type('application/json')
  await reply.send(Buffer.from(made.lineage, 'latin1'))
}
