/**
 * `sereno check` for retention (I-6): nothing was destroyed early, alone or against a hold; no destroyed recording has a
 * key or an object left; every one has a tombstone and a record of destruction; no hold is without its entry, nothing that
 * kept a recording back was let go by one person, and a recording is shown as held while a hold is in force, and only then.
 */
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { systemActor } from '../../kernel/actor.ts'
import type { Checker, Finding } from '../../kernel/checker.ts'
import type { Retainable } from '../evidence/index.ts'
import type { RetentionDeps } from './door.ts'
import { timeZoneOf } from './four-eyes.ts'
import { pe2026 } from './profile-pe-2026.ts'
import { keptAlthoughDestroyed } from './replay.ts'
import { countsFrom, floorOf } from './rules.ts'
import { heldAmong, isHeld } from './store-holds.ts'
import { categoriesOf } from './store-retained.ts'
import type { ActaRow, BatchRow, FreezeRow, HoldRow, LettingGo, RetainedRow } from './tables.ts'
import { isTrue, logKeys, type TombstoneFile } from './tombstones.ts'

type Report = (finding: Finding) => void
/** A deadline follows the seal within the delivery of its event. */
const latestDeadlineMs = 10 * 60_000

const wasEndedAlone = (row: LettingGo): boolean =>
  row.ended_at !== null && (row.approved_by === null || row.approved_by === row.asked_by)

export function checkRetention(deps: RetentionDeps, tombstones: TombstoneFile): Checker {
  const { db } = deps.database

  async function checkDestroyed(row: RetainedRow, report: Report): Promise<void> {
    const scope = { municipality: row.municipality, actor: systemActor(row.municipality) }
    const at = row.destroyed_at ?? 0
    const from = countsFrom(row.captured_at, row.sealed_at)
    if (at < floorOf(pe2026, from, timeZoneOf(deps))) {
      report({ code: 'retention.destroyed-below-floor', detail: row.recording })
    }
    if (row.leaves_at === null || at < row.leaves_at) {
      report({ code: 'retention.destroyed-early', detail: row.recording })
    }
    for (const what of await deps.evidence.erase.remains(scope, row.recording)) {
      report({ code: `retention.${what}-left`, detail: row.recording })
    }
    const holds = await sql<HoldRow>`select * from hold where municipality = ${row.municipality}::uuid
      and recording = ${row.recording}::uuid and placed_at <= ${at}::bigint
      and (ended_at is null or ended_at > ${at}::bigint)`.execute(db)
    if (holds.rows.length > 0) {
      report({ code: 'retention.destroyed-although-held', detail: row.recording })
    }
  }

  async function checkHolds(report: Report): Promise<number> {
    const holds = await sql<HoldRow>`select * from hold`.execute(db)
    for (const row of holds.rows) {
      const scope = { municipality: row.municipality, actor: systemActor(row.municipality) }
      const entries = new Set((await deps.ledger.entriesOf(scope, `hold:${row.id}`)).map(({ id }) => id))
      const named = [row.placed_entry, row.notice_entry, row.asked_entry, row.approved_entry, row.ended_entry]
      if (named.some((entry) => entry !== null && !entries.has(entry))) {
        report({ code: 'retention.hold-without-entry', detail: row.id })
      }
      if (wasEndedAlone(row)) {
        report({ code: 'retention.hold-released-alone', detail: row.id })
      }
    }
    const freezes = await sql<FreezeRow>`select * from proceeding_freeze`.execute(db)
    for (const row of freezes.rows.filter(wasEndedAlone)) {
      report({ code: 'retention.freeze-closed-alone', detail: row.id })
    }
    return holds.rows.length + freezes.rows.length
  }

  async function checkHeldFlags(municipality: string, report: Report): Promise<void> {
    const scope = { municipality, actor: systemActor(municipality) }
    const held = await heldAmong(db, scope)
    const marked = new Set(await deps.evidence.erase.markedHeld(db, scope))
    for (const recording of held.symmetricDifference(marked)) {
      // Both are of an instant each: asked again of one that nobody changes meanwhile.
      await deps.database.transaction(async (tx) => {
        const found = await deps.evidence.erase.lock(tx, scope, recording)
        if (found !== null && found.destroyedAt === null && found.held !== (await isHeld(tx, scope, recording))) {
          report({ code: 'retention.held-flag', detail: recording })
        }
      })
    }
  }

  async function checkBatches(report: Report): Promise<number> {
    const batches = await sql<BatchRow>`select * from destruction_batch where state in ('running', 'done')`.execute(db)
    for (const row of batches.rows) {
      if (row.approved_by === null || row.approved_by === row.reviewed_by) {
        report({ code: 'retention.destroyed-alone', detail: `batch ${row.number}` })
      }
    }
    const actas = await sql<ActaRow>`select * from acta`.execute(db)
    for (const acta of actas.rows) {
      if (createHash('sha256').update(acta.pdf).digest('hex') !== acta.sha256) {
        report({ code: 'retention.acta-altered', detail: acta.number })
      }
    }
    const without = await sql<{ recording: string }>`select i.recording from destruction_item i
      join destruction_batch b on b.municipality = i.municipality and b.id = i.batch
      where i.state = 'destroyed' and b.state = 'done' and not exists (
        select 1 from acta a where a.municipality = i.municipality and a.batch = i.batch)`.execute(db)
    for (const { recording } of without.rows) {
      report({ code: 'retention.destroyed-without-acta', detail: recording })
    }
    return batches.rows.length + actas.rows.length
  }

  async function checkTombstones(municipality: string, report: Report, full: boolean): Promise<number> {
    const scope = { municipality, actor: systemActor(municipality) }
    const stones = await tombstones.read()
    const named = new Set(stones.map(({ recording }) => recording))
    const keys = await logKeys(deps.ledger)
    for (const [index, stone] of stones.entries()) {
      if ((full || index % 20 === 0) && !(await isTrue(stone, keys))) {
        report({ code: 'retention.tombstone-unproved', detail: stone.recording })
      }
    }
    for await (const recording of keptAlthoughDestroyed(deps, scope, stones)) {
      report({ code: 'retention.tombstone-ignored', detail: recording })
    }
    let after: string | null = null
    for (;;) {
      const page = await deps.evidence.erase.retainable(db, scope, after, 500)
      const ids = page.map(({ id }) => id)
      const under = await underWay(ids)
      // Beside a living server a destruction may have ended since; then its stone was published before it ended.
      if (page.some(({ id, destroyedAt }) => destroyedAt !== null && !named.has(id) && !under.has(id))) {
        for (const { recording } of await tombstones.read()) {
          named.add(recording)
        }
      }
      const known = await categoriesOf(db, scope, ids)
      for (const found of page) {
        checkOne(found, { isNamed: named.has(found.id) || under.has(found.id), isKnown: known.has(found.id) }, report)
      }
      after = page.at(-1)?.id ?? null
      if (after === null || page.length < 500) {
        return stones.length
      }
    }
  }

  /** Those of which a destruction is under way, or whose tombstone waits to be published. */
  async function underWay(recordings: readonly string[]): Promise<ReadonlySet<string>> {
    const found = await sql<{ recording: string }>`select recording from destruction_item
      where recording = any (${`{${recordings.join(',')}}`}::text::uuid[])
        and (state = 'under-way' or (state = 'destroyed' and step = 6))`.execute(db)
    return new Set(found.rows.map(({ recording }) => recording))
  }

  function checkOne(
    found: Retainable,
    told: { readonly isNamed: boolean; readonly isKnown: boolean },
    report: Report,
  ): void {
    if (found.destroyedAt !== null && !told.isNamed) {
      report({ code: 'retention.destroyed-without-tombstone', detail: found.id })
    }
    const isOld = (found.sealedAt ?? 0) < deps.clock.nowMs() - latestDeadlineMs
    if (found.destroyedAt === null && !told.isKnown && isOld) {
      report({ code: 'retention.deadline-missing', detail: found.id })
    }
  }

  return {
    name: 'retention',
    async run(report, options) {
      let examined = (await checkHolds(report)) + (await checkBatches(report))
      const destroyed = await sql<RetainedRow>`select * from retained where destroyed_at is not null`.execute(db)
      for (const row of destroyed.rows) {
        await checkDestroyed(row, report)
      }
      const municipality = deps.identity.municipality()
      if (municipality !== null) {
        await checkHeldFlags(municipality.id, report)
        examined += await checkTombstones(municipality.id, report, options?.full === true)
      }
      return { examined: examined + destroyed.rows.length }
    },
  }
}
