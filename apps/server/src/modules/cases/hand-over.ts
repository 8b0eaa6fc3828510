/**
 * Hand-over to PNP or Ministerio Público (DL 1218 art. 14, DS 007-2020-IN arts. 17 to 19). In this order:
 *
 *  1. ask       policy for the case and for each recording; one transaction: entry, row, items        (`ask`)
 *  2. prepare   by a timer: a package of each item, read through once for its hash; then the acta, signed; one
 *               transaction: entry with all hashes, row ready.  Crash: what has its hash keeps it, the rest is done again
 *  3. copy      each package that leaves is an entry before its first byte                              (`copy`)
 *  4. receive   who, which office, which document, the scan: entry with the hashes; the clock stops     (`receive`)
 */
import { createHash, hash } from 'node:crypto'
import type { BodyOf, handOverOperations } from '@sereno/contracts'
import { encodeCanonical } from '@sereno/proof'
import type { Actor, Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { stopClock } from './dispose.ts'
import type { CasesDeps } from './door.ts'
import { demand, enter, enterChange } from './record.ts'
import { changeCase, lockCase, lockOpenCase, needCase, recordingsOf } from './store.ts'
import {
  changeHandOver,
  documentOf,
  insertHandOver,
  itemsOf,
  needHandOver,
  saveDocument,
  saveReceipt,
} from './store-copies.ts'
import type { CaseRow, HandOverItemRow, HandOverRow, ReceiptFields } from './tables.ts'

type Operations = typeof handOverOperations
type Wish = BodyOf<Operations['POST /cases/:id/hand-overs']>
type Receipt = BodyOf<Operations['POST /hand-overs/:id/receipt']>
const purpose = 'request' as const

export async function askHandOver(deps: CasesDeps, scope: Scope, id: string, wish: Wish): Promise<HandOverRow> {
  const { db } = deps.database
  const row = await needCase(db, scope, id)
  const policy = demand(deps, scope, 'case.hand-over', row)
  const handOver = deps.ids.uuid()
  const items = await itemsFor(deps, scope, row, { handOver, recordings: wish.recordings })
  if (!items.some(({ left_because: because }) => because === null)) {
    throw new Refusal('case.no-footage')
  }
  for (const { recording } of items.filter((item) => item.left_because === null)) {
    await deps.evidence.offer.allow(scope, 'recording.export', recording, { purpose, reference: row.code })
  }
  return deps.database.transaction(async (tx) => {
    const locked = await lockOpenCase(tx, scope, id)
    const number = await deps.ledger.counter(tx, 'hand-over', scope.municipality)
    const entry = await enterChange(deps, tx, scope, locked, {
      kind: 'hand-over.asked',
      policy,
      purpose,
      subjects: items.map(({ recording }) => `recording:${recording}`),
      fields: { handOver, number: String(number), authority: wish.authority, unit: wish.unit.trim() },
    })
    const made: HandOverRow = {
      municipality: scope.municipality,
      id: handOver,
      case_id: locked.id,
      number,
      authority: wish.authority,
      unit: wish.unit.trim(),
      officer: wish.officer.trim(),
      officer_id: wish.officerId?.trim() ?? null,
      detail: wish.detail.trim(),
      positions: wish.positions ?? true,
      state: 'preparing',
      attempts: 0,
      made_at: deps.clock.nowMs(),
      maker: makerOf(scope.actor),
      policy,
      entry,
      acta_sha256: null,
      acta_envelope: null,
      scan_type: null,
      received_at: null,
      receipt: null,
      receipt_sha256: null,
      receipt_entry: null,
    }
    await insertHandOver(tx, made, items)
    return made
  })
}

/** What is kept of who asked: enough to act in this name, and nothing that opens a session. */
function makerOf(actor: Actor): Actor {
  return { ...actor, session: null }
}

async function itemsFor(
  deps: CasesDeps,
  scope: Scope,
  row: CaseRow,
  wish: { readonly handOver: string; readonly recordings: readonly string[] | undefined },
): Promise<readonly HandOverItemRow[]> {
  const inCase = await recordingsOf(deps.database.db, row.root)
  const wanted = inCase.filter(({ recording }) => wish.recordings?.includes(recording) ?? true)
  const views = await deps.evidence.offer.views(
    scope,
    wanted.map(({ recording }) => recording),
  )
  return views.map((view) => ({
    municipality: scope.municipality,
    hand_over: wish.handOver,
    recording: view.id,
    code: view.code,
    left_because: view.destroyed ? 'destroyed' : view.state === 'sealed' ? null : 'not-sealed',
    export: null,
    file_name: null,
    size_bytes: null,
    sha256: null,
    manifest_sha256: view.manifestSha256,
  }))
}

/** The hand-over and its case, for somebody who may. */
export async function readHandOver(
  deps: CasesDeps,
  scope: Scope,
  id: string,
): Promise<{ readonly made: HandOverRow; readonly row: CaseRow; readonly policy: string }> {
  const made = await needHandOver(deps.database.db, scope, id)
  const row = await needCase(deps.database.db, scope, made.case_id)
  return { made, row, policy: demand(deps, scope, 'case.hand-over', row) }
}

export async function document(
  deps: CasesDeps,
  scope: Scope,
  id: string,
  column: 'acta' | 'scan',
): Promise<{ readonly made: HandOverRow; readonly bytes: Uint8Array }> {
  const { made } = await readHandOver(deps, scope, id)
  const bytes = await documentOf(deps.database.db, id, column)
  if (bytes === null) {
    throw new Refusal(column === 'acta' ? 'case.not-ready' : 'case.not-found')
  }
  return { made, bytes }
}

/** A package for whoever carries it there. The entry names who took the copy; the bytes are those that were hashed. */
export async function copyPackage(deps: CasesDeps, scope: Scope, id: string, recording: string) {
  const { made, row, policy } = await readHandOver(deps, scope, id)
  const item = (await itemsOf(deps.database.db, [id])).find((one) => one.recording === recording)
  if (item === undefined) {
    throw new Refusal('case.not-found')
  }
  if (item.export === null || item.sha256 === null) {
    throw new Refusal('case.not-ready')
  }
  // By whom it was recorded: officers find here whose hands it went into.
  const recorder = (await deps.evidence.recording(scope, recording))?.officer?.id
  await deps.database.transaction((tx) =>
    enter(deps, tx, scope, row, {
      kind: 'hand-over.copied',
      coarse: 'access',
      policy,
      purpose,
      subjects: [
        `recording:${recording}`,
        `person:${scope.actor.id}`,
        ...(recorder === undefined ? [] : [`officer:${recorder}`]),
      ],
      fields: { handOver: id, sha256: item.sha256 ?? '' },
    }),
  )
  return deps.evidence.offer.exports.fetch({ ...scope, actor: made.maker }, item.export)
}

export async function keepScan(
  deps: CasesDeps,
  scope: Scope,
  id: string,
  scan: { readonly type: string; readonly bytes: Uint8Array },
): Promise<void> {
  await readHandOver(deps, scope, id)
  await deps.database.transaction(async (tx) => {
    const made = await needHandOver(tx, scope, id, true)
    if (made.state !== 'ready') {
      throw new Refusal(made.state === 'received' ? 'case.already-received' : 'case.not-ready')
    }
    await saveDocument(tx, id, 'scan', scan.bytes)
    await changeHandOver(tx, id, { scan_type: scan.type })
  })
}

export async function receive(deps: CasesDeps, scope: Scope, id: string, wish: Receipt): Promise<HandOverRow> {
  const { policy } = await readHandOver(deps, scope, id)
  if (wish.receivedAt > deps.clock.nowMs() + 5 * 60_000) {
    throw new Refusal('request.invalid', { where: 'body/receivedAt', message: 'in the future' })
  }
  return deps.database.transaction(async (tx) => {
    const made = await needHandOver(tx, scope, id, true)
    if (made.state !== 'ready') {
      throw new Refusal(made.state === 'received' ? 'case.already-received' : 'case.not-ready')
    }
    const row = await lockCase(tx, scope, made.case_id)
    const root = row.root === row.id ? row : await lockCase(tx, scope, row.root)
    const scan = await documentOf(tx, id, 'scan')
    const receipt: ReceiptFields = {
      name: wish.name.trim(),
      office: wish.office.trim(),
      document: wish.document.trim(),
      key: wish.key?.trim() ?? null,
      continued: wish.continued?.trim() ?? null,
    }
    const scanSha256 = scan === null ? '' : hash('sha256', scan)
    const receiptSha256 = createHash('sha256')
      .update(
        encodeCanonical({
          ...receipt,
          handOver: id,
          acta: made.acta_sha256,
          scan: scanSha256,
          receivedAtMs: wish.receivedAt,
        }),
      )
      .digest('hex')
    const items = (await itemsOf(tx, [id])).filter((item) => item.left_because === null)
    const entry = await enterChange(deps, tx, scope, root, {
      kind: 'hand-over.received',
      policy,
      purpose,
      subjects: items.map(({ recording }) => `recording:${recording}`),
      fields: {
        handOver: id,
        office: receipt.office,
        document: receipt.document,
        continued: receipt.continued ?? '',
        receivedAt: String(wish.receivedAt),
        acta: made.acta_sha256 ?? '',
        scan: scanSha256,
        receipt: receiptSha256,
        packages: items
          .map(({ sha256 }) => sha256 ?? '')
          .join(' ')
          .slice(0, 16_000),
      },
    })
    const received = { received_at: wish.receivedAt, receipt, receipt_sha256: receiptSha256, receipt_entry: entry }
    await saveReceipt(tx, id, received)
    if (root.known_at !== null && root.handed_over_at === null) {
      await changeCase(tx, scope, root.id, { handed_over_at: wish.receivedAt })
      await stopClock(deps, tx, scope, root, `Entregado a ${receipt.office}.`)
    }
    return { ...made, ...received, state: 'received' as const }
  })
}
