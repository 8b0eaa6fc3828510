/**
 * Destroys the recordings of an approved batch whose cooling-off is over and whose approval is witnessed. For each, in
 * this order; `step` in its row is the last line that is done, and every line may be repeated after a crash:
 *
 *  1. the entry: judged once more (deadline, floor, holds, proceedings), else it is left out     crash: 1 again
 *  2. witnessed: judged a last time with the recording locked, then condemned. From this commit nothing opens it, no
 *     hold can be placed, and what follows is finished whatever happens                          crash: from 3 at start
 *  3. its data key is destroyed in the signer's store                 crash: destroying a destroyed key is nothing
 *  4. its objects, derivatives, viewing copies and thumbnails are removed                 crash: absent ones are fine
 *  5. its positions, marks and notes are removed, with what entries quote of them (forget.ts)
 *  6. the tombstone, an entry of a coarse kind everybody can count; its deadline row says destroyed
 *  7. published: the tombstone with its proof is on the list outside the database (tombstones.ts)
 *
 * When nothing of the batch waits any more the record of destruction is written (acta.ts) and the batch is done.
 */
import { type Scope, systemActor } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { keyCopyDays } from '../../kernel/key-copies.ts'
import { type Acta, makeActa } from './acta.ts'
import { leaveOut } from './batch.ts'
import { endOfTerm } from './calendar.ts'
import type { RetentionDeps, RetentionSettings } from './door.ts'
import { forgetWords } from './forget.ts'
import { timeZoneOf } from './four-eyes.ts'
import { heldBack } from './freeze.ts'
import { pe2026 } from './profile-pe-2026.ts'
import { rulebookOf } from './rulebook.ts'
import { countsFrom, floorOf, leavesAt } from './rules.ts'
import { addActa, batchById, itemsOf, ripeBatches, updateBatch, updateItem } from './store-batches.ts'
import { changeRetained, findRetained } from './store-retained.ts'
import type { BatchRow, ItemRow } from './tables.ts'
import { type TombstoneFile, tombstoneKind, tombstoneOf } from './tombstones.ts'

const dayMs = 86_400_000

export type Destroy = {
  /** Whatever can be done now, in every batch under way. */
  readonly advance: (municipality: string) => Promise<void>
  /** Lines 3 to 5 of what was condemned before a crash: before the server answers anybody. */
  readonly resume: (municipality: string) => Promise<void>
}

export function createDestroy(deps: RetentionDeps, settings: RetentionSettings, tombstones: TombstoneFile): Destroy {
  const { db } = deps.database
  const { erase } = deps.evidence
  const atStep = (number: number): void | Promise<void> => settings.step(`destroy.${number}`)

  async function whyNot(tx: Db, scope: Scope, item: ItemRow): Promise<string | null> {
    const found = await erase.lock(tx, scope, item.recording)
    const kept = await findRetained(tx, scope, item.recording)
    if (found === null || kept === null || found.destroyedAt !== null) {
      return 'recording.destroyed'
    }
    const nowMs = deps.clock.nowMs()
    const timeZone = timeZoneOf(deps)
    const from = countsFrom(found.endedAt, found.sealedAt)
    const rule = (await rulebookOf(tx, scope, pe2026)).rules[found.category ?? 'none']
    const changed = (found.category ?? 'none') !== kept.category
    // A category given a moment ago has not reached the deadline's row yet.
    const byCategory = changed ? leavesAt(pe2026, rule, { capturedAt: from, closedAt: null }, timeZone) : kept.leaves_at
    const isDue = kept.leaves_at !== null && kept.leaves_at <= nowMs && byCategory !== null && byCategory <= nowMs
    if (!isDue || floorOf(pe2026, from, timeZone) > nowMs) {
      return 'retention.not-due'
    }
    const [reason] = await heldBack(deps, scope, item.recording)
    return reason === undefined ? null : `${reason.kind}: ${reason.reference}`
  }

  /** True when the item was left out. */
  async function leaveOutIfHeld(tx: Db, scope: Scope, item: ItemRow): Promise<boolean> {
    const reason = await whyNot(tx, scope, item)
    if (reason !== null) {
      await leaveOut(tx, scope, item, reason, deps.clock.nowMs() + settings.postponedMs)
    }
    return reason !== null
  }

  async function begin(scope: Scope, batch: BatchRow, item: ItemRow): Promise<void> {
    await deps.database.transaction(async (tx) => {
      if (await leaveOutIfHeld(tx, scope, item)) {
        return
      }
      const entry = await deps.ledger.append(tx, {
        municipality: scope.municipality,
        kind: 'recording.destroying',
        coarse: 'custody',
        subjects: [`recording:${item.recording}`, `batch:${batch.id}`],
        actor: scope.actor,
        fields: { batch: String(batch.number), schedule: batch.schedule ?? '', manifest: item.manifest_sha256 ?? '' },
      })
      await updateItem(tx, scope, item, { state: 'under-way', step: 1, entry: entry.id })
    })
    await atStep(1)
  }

  async function condemn(scope: Scope, item: ItemRow): Promise<boolean> {
    const condemned = await deps.database.transaction(async (tx) => {
      if (await leaveOutIfHeld(tx, scope, item)) {
        return false
      }
      const atMs = deps.clock.nowMs()
      await erase.condemn(tx, scope, item.recording, atMs)
      await updateItem(tx, scope, item, { step: 2, erased_at: atMs, final_at: await finalDate(tx, scope, atMs) })
      return true
    })
    await atStep(2)
    return condemned
  }

  /** When the last copy of a key destroyed at this instant is gone: never before `backup/` removes it. */
  async function finalDate(tx: Db, scope: Scope, atMs: number): Promise<number> {
    const count = (await rulebookOf(tx, scope, pe2026)).settings['snapshot-days'].value
    return Math.max(endOfTerm(atMs, { unit: 'day', count }, timeZoneOf(deps)), atMs + keyCopyDays * dayMs)
  }

  async function shred(scope: Scope, item: ItemRow): Promise<void> {
    if (item.step < 3) {
      await erase.key(item.recording)
      // Until now copies were made with it, and a crash may have come between.
      await updateItem(db, scope, item, { step: 3, final_at: await finalDate(db, scope, deps.clock.nowMs()) })
      await atStep(3)
    }
    if (item.step < 4) {
      const objects = await erase.bytes(scope, item.recording)
      await updateItem(db, scope, item, { step: 4, objects: objects + (item.objects ?? 0) })
      await atStep(4)
    }
    if (item.step < 5) {
      await erase.rows(scope, item.recording)
      await deps.database.transaction((tx) => forgetWords(deps, tx, scope, item.recording))
      await updateItem(db, scope, item, { step: 5 })
      await atStep(5)
    }
  }

  async function bury(scope: Scope, batch: BatchRow, item: ItemRow): Promise<void> {
    const erasedAt = item.erased_at ?? deps.clock.nowMs()
    const finalAt = item.final_at ?? erasedAt
    await deps.database.transaction(async (tx) => {
      const entry = await deps.ledger.append(tx, {
        municipality: scope.municipality,
        kind: tombstoneKind,
        coarse: 'tombstone',
        subjects: [`recording:${item.recording}`, `batch:${batch.id}`],
        actor: scope.actor,
        fields: {
          recording: item.recording,
          batch: String(batch.number),
          manifest: item.manifest_sha256 ?? '',
          erasedAt: String(erasedAt),
          finalAt: String(finalAt),
        },
      })
      await updateItem(tx, scope, item, { state: 'destroyed', step: 6, tombstone_entry: entry.id })
      await changeRetained(tx, scope, item.recording, { destroyed_at: erasedAt, final_at: finalAt })
      await deps.events.publish(tx, 'recording.destroyed', scope.municipality, { recording: item.recording })
    })
    await atStep(6)
  }

  async function publishStones(scope: Scope, items: readonly ItemRow[]): Promise<void> {
    const stones = []
    const published: ItemRow[] = []
    for (const item of items.filter(({ step }) => step === 6)) {
      const proof = item.tombstone_entry === null ? null : await deps.ledger.proofOf(item.tombstone_entry)
      const about = {
        recording: item.recording,
        municipality: scope.municipality,
        destroyedAtMs: item.erased_at ?? 0,
        finalAtMs: item.final_at ?? 0,
      }
      const stone = proof === null ? null : tombstoneOf(proof, about)
      if (stone !== null) {
        stones.push(stone)
        published.push(item)
      }
    }
    if (stones.length > 0) {
      await tombstones.add(stones)
      await atStep(7)
      for (const item of published) {
        await updateItem(db, scope, item, { step: 7 })
      }
    }
  }

  async function finish(scope: Scope, batch: BatchRow, items: readonly ItemRow[]): Promise<void> {
    const destroyed = items.filter(({ state }) => state === 'destroyed')
    const acta: Acta | null = destroyed.length === 0 ? null : await makeActa(deps, scope, batch, items)
    await deps.database.transaction(async (tx) => {
      const row = await batchById(tx, scope, batch.id, true)
      if (row?.state !== 'running') {
        return
      }
      if (acta !== null) {
        const entry = await deps.ledger.append(tx, {
          municipality: scope.municipality,
          kind: 'destruction.recorded',
          coarse: 'custody',
          subjects: [`batch:${batch.id}`],
          actor: scope.actor,
          fields: { number: acta.number, pdf: acta.sha256, recordings: String(destroyed.length) },
        })
        await addActa(tx, { ...acta, municipality: scope.municipality, batch: batch.id, entry: entry.id })
      }
      await updateBatch(tx, scope, batch.id, { state: 'done', done_at: deps.clock.nowMs() })
    })
    await atStep(8)
  }

  async function advanceBatch(scope: Scope, batch: BatchRow): Promise<void> {
    for (const item of await itemsOf(db, scope, batch.id)) {
      if (item.state === 'waiting') {
        await begin(scope, batch, item)
      }
    }
    for (const item of await itemsOf(db, scope, batch.id)) {
      const isWitnessed = item.step !== 1 || (item.entry !== null && (await deps.ledger.witnessed(item.entry)))
      if (item.state === 'under-way' && isWitnessed && (item.step >= 2 || (await condemn(scope, item)))) {
        await shred(scope, item)
      }
    }
    for (const item of await itemsOf(db, scope, batch.id)) {
      if (item.state === 'under-way' && item.step === 5) {
        await bury(scope, batch, item)
      }
    }
    await publishStones(scope, await itemsOf(db, scope, batch.id))
    const items = await itemsOf(db, scope, batch.id)
    if (items.every(({ state, step }) => state === 'left-out' || step === 7)) {
      await finish(scope, batch, items)
    }
  }

  return {
    async advance(municipality) {
      const scope = { municipality, actor: systemActor(municipality) }
      for (const batch of await ripeBatches(db, scope, deps.clock.nowMs())) {
        const approval = batch.approved_entry
        if (batch.state === 'approved' && approval !== null && (await deps.ledger.witnessed(approval))) {
          await deps.database.transaction(async (tx) => {
            // Whoever stopped it in the meantime was in time.
            const row = await batchById(tx, scope, batch.id, true)
            if (row?.state === 'approved') {
              await updateBatch(tx, scope, batch.id, { state: 'running' })
            }
          })
          await settings.step('destroy.0')
        }
        const row = await batchById(db, scope, batch.id)
        if (row?.state === 'running') {
          await advanceBatch(scope, row)
        }
      }
    },
    async resume(municipality) {
      const scope = { municipality, actor: systemActor(municipality) }
      for (const batch of await ripeBatches(db, scope, deps.clock.nowMs())) {
        for (const item of batch.state === 'running' ? await itemsOf(db, scope, batch.id) : []) {
          if (item.state === 'under-way' && item.step >= 2) {
            await shred(scope, item)
          }
        }
      }
    },
  }
}
