/**
 * `sereno check` for cases: every step that changed a case has its entry; numbers have no holes; clips and stills are
 * there and are what their lineage says; whoever's share is over can enter no more.
 */
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import type { Checker, Finding } from '../../kernel/checker.ts'
import { derivativeKey } from './derive.ts'
import type { CasesDeps } from './door.ts'
import type { CaseRow, DerivativeRow, HandOverRow, ShareRow } from './tables.ts'

type Report = (finding: Finding) => void
/** Every object's size is checked; one in so many is decrypted and hashed, unless all are asked for. */
const sampleOneIn = 10

export function checkCases(deps: CasesDeps): Checker {
  const { db } = deps.database
  return {
    name: 'cases',
    async run(report, options) {
      const cases = await sql<CaseRow>`select * from case_file order by municipality, number`.execute(db)
      const shares = await sql<ShareRow>`select * from case_share order by created_at`.execute(db)
      const derivatives = await sql<DerivativeRow>`select * from derivative where destroyed_at is null`.execute(db)
      const handOvers = await sql<HandOverRow & { root: string }>`select h.*, f.root from hand_over h
        join case_file f on f.id = h.case_id where h.state = 'received'`.execute(db)
      await checkEntries(deps, cases.rows, handOvers.rows, report)
      for (const share of shares.rows) {
        const isClosed = await wasClosed(deps, share)
        if ((share.ended_at !== null) !== isClosed) {
          report({ code: 'cases.share-not-ended', detail: share.id })
        }
      }
      for (const made of derivatives.rows) {
        await checkObject(deps, made, options?.full === true, report)
      }
      return { examined: cases.rows.length + shares.rows.length + derivatives.rows.length }
    },
  }
}

async function wasClosed(deps: CasesDeps, share: ShareRow): Promise<boolean> {
  const scope: Scope = { municipality: share.municipality, actor: systemActor(share.municipality) }
  const entries = await deps.ledger.entriesOf(scope, `person:${share.account}`)
  return entries.some(({ kind }) => kind === 'account.closed')
}

async function checkEntries(
  deps: CasesDeps,
  cases: readonly CaseRow[],
  handOvers: readonly (HandOverRow & { readonly root: string })[],
  report: Report,
): Promise<void> {
  const expected = new Map<string, number>()
  for (const row of cases) {
    const number = (expected.get(row.municipality) ?? 0) + 1
    expected.set(row.municipality, row.number)
    if (row.number !== number) {
      report({ code: 'cases.number-missing', detail: `${number} before ${row.code}` })
    }
    const scope: Scope = { municipality: row.municipality, actor: systemActor(row.municipality) }
    const entries = await deps.ledger.entriesOf(scope, `case:${row.id}`)
    const has = (kind: string) => entries.some((entry) => entry.kind === kind)
    if (!entries.some(({ id }) => id === row.entry)) {
      report({ code: 'cases.entry-missing', detail: row.code })
    }
    const fate = { open: 'case.opened', closed: 'case.closed', merged: 'case.merged' }[row.state]
    if (!has(fate)) {
      report({ code: 'cases.state-unrecorded', detail: `${row.code} ${row.state}` })
    }
    for (const received of handOvers.filter(({ root }) => root === row.id)) {
      if (!entries.some(({ id }) => id === received.receipt_entry)) {
        report({ code: 'cases.receipt-unrecorded', detail: `${row.code} ${received.number}` })
      }
    }
  }
}

async function checkObject(deps: CasesDeps, made: DerivativeRow, full: boolean, report: Report): Promise<void> {
  const key = derivativeKey(made.recording, made.id)
  const sizeBytes = await deps.blobs.size(key)
  if (sizeBytes !== made.size_bytes) {
    report({ code: sizeBytes === null ? 'cases.object-missing' : 'cases.object-size', detail: key })
    return
  }
  const isSampled = full || Number.parseInt(made.sha256.slice(0, 8), 16) % sampleOneIn === 0
  const dataKey = isSampled ? await deps.signer.dataKey(made.recording) : null
  if (dataKey !== null) {
    const digest = createHash('sha256')
    for await (const piece of deps.blobs.read(key, dataKey)) {
      digest.update(piece)
    }
    if (digest.digest('hex') !== made.sha256) {
      report({ code: 'cases.object-changed', detail: key })
    }
  }
}
