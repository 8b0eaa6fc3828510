/** Prepares hand-overs (step 2 of `hand-over.ts`): packages, their hashes, the acta. Run by a timer; repeatable. */
import { createHash, hash } from 'node:crypto'
import { encodeCanonical } from '@sereno/proof'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { writeActa } from './acta.ts'
import type { CasesDeps } from './door.ts'
import { enterChange } from './record.ts'
import { needCase } from './store.ts'
import { changeHandOver, changeItem, itemsOf, needHandOver, preparingHandOvers, saveDocument } from './store-copies.ts'
import type { HandOverItemRow, HandOverRow } from './tables.ts'

export const handOverPayloadType = 'application/vnd.sereno.hand-over+json;v=1'
/** A package of a hand-over waits for the courier, and for the authority that asks once more. */
const validMs = 90 * 24 * 3_600_000
const mostAttempts = 5

export async function prepareHandOvers(deps: CasesDeps): Promise<void> {
  for (const made of await preparingHandOvers(deps.database.db)) {
    try {
      await prepare(deps, made)
    } catch (error) {
      deps.log.warn({ err: error, handOver: made.id }, 'cases: a hand-over could not be prepared')
      const attempts = made.attempts + 1
      const state = attempts >= mostAttempts ? 'failed' : 'preparing'
      await changeHandOver(deps.database.db, made.id, { attempts, state })
    }
  }
}

async function prepare(deps: CasesDeps, made: HandOverRow): Promise<void> {
  const { db } = deps.database
  const scope: Scope = { municipality: made.municipality, actor: made.maker }
  for (const item of await itemsOf(db, [made.id])) {
    if (item.left_because === null && item.sha256 === null) {
      await pack(deps, scope, made, item)
    }
  }
  const items = await itemsOf(db, [made.id])
  if (!items.some(({ left_because: because }) => because === null)) {
    await changeHandOver(db, made.id, { state: 'failed' })
    return
  }
  const row = await needCase(db, scope, made.case_id)
  const views = await deps.evidence.offer.views(
    scope,
    items.map(({ recording }) => recording),
  )
  const home = deps.identity.municipality()
  const acta = await writeActa({
    made,
    items,
    row,
    views,
    home: { name: '', timeZone: 'UTC', fictitious: false, ...home },
  })
  const actaSha256 = hash('sha256', acta)
  const payload = encodeCanonical({
    format: 1,
    handOver: made.id,
    number: made.number,
    case: row.id,
    municipality: made.municipality,
    installation: deps.config.installation,
    authority: made.authority,
    madeAtMs: made.made_at,
    acta: actaSha256,
    items: items
      .filter(({ left_because: because }) => because === null)
      .map((item) => ({ recording: item.recording, manifest: item.manifest_sha256, package: item.sha256 })),
  })
  const envelope = await deps.signer.sign('manifest', handOverPayloadType, payload)
  await deps.database.transaction(async (tx) => {
    const locked = await needHandOver(tx, scope, made.id, true)
    if (locked.state !== 'preparing') {
      return
    }
    await enterChange(deps, tx, scope, row, {
      kind: 'hand-over.ready',
      policy: made.policy,
      subjects: items.map(({ recording }) => `recording:${recording}`),
      fields: {
        handOver: made.id,
        acta: actaSha256,
        packages: items
          .map(({ sha256 }) => sha256 ?? '')
          .join(' ')
          .trim()
          .slice(0, 16_000),
      },
    })
    await saveDocument(tx, made.id, 'acta', acta)
    await changeHandOver(tx, made.id, {
      state: 'ready',
      acta_sha256: actaSha256,
      acta_envelope: Buffer.from(envelope).toString('latin1'),
    })
  })
}

/** One package: made in the name of who asked, read through once. What cannot be read any more is said in the acta. */
async function pack(deps: CasesDeps, scope: Scope, made: HandOverRow, item: HandOverItemRow): Promise<void> {
  const { exports } = deps.evidence.offer
  const row = await needCase(deps.database.db, scope, made.case_id)
  const wish = { purpose: 'request' as const, reference: row.code, positions: made.positions }
  try {
    const packed = await exports.make(scope, item.recording, wish, { policy: made.policy, validMs })
    const { bytes, sizeBytes, fileName } = await exports.fetch(scope, packed.export)
    const digest = createHash('sha256')
    for await (const piece of bytes) {
      digest.update(piece)
    }
    await changeItem(deps.database.db, made.id, item.recording, {
      export: packed.export,
      file_name: fileName,
      size_bytes: sizeBytes,
      sha256: digest.digest('hex'),
    })
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error
    }
    const because = error.code === 'recording.destroyed' ? 'destroyed' : 'unreadable'
    await changeItem(deps.database.db, made.id, item.recording, { left_because: because })
  }
}
