/**
 * Gives every sealed recording its deadline, by the rule in force when it was sealed. Derived from entries that exist
 * (seal, category), so it makes none. A new category makes the deadline later or leaves it: a recording is never let go
 * early by a slip of the hand. A category whose recordings only people let go holds the recording at once.
 *
 * Runs in the transaction of the event's delivery: a crash before its commit delivers the event again.
 */
import { type Scope, systemActor } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import type { Retainable } from '../evidence/index.ts'
import type { RetentionDeps } from './door.ts'
import { timeZoneOf } from './four-eyes.ts'
import { placeHold } from './hold.ts'
import { pe2026 } from './profile-pe-2026.ts'
import { rulebookOf } from './rulebook.ts'
import { countsFrom, later, leavesAt } from './rules.ts'
import { holdsOf } from './store-holds.ts'
import { addRetained, categoriesOf, changeRetained, findRetained } from './store-retained.ts'

export function listen(deps: RetentionDeps): void {
  const onRecording = async (
    { recording }: { readonly recording: string },
    context: { readonly municipality: string; readonly db: Db },
  ): Promise<void> => {
    const scope = { municipality: context.municipality, actor: systemActor(context.municipality) }
    await assign(deps, context.db, scope, recording)
  }
  deps.events.on('recording.sealed', 'retention.deadline', onRecording)
  deps.events.on('recording.categorised', 'retention.deadline', onRecording)
}

/** Does nothing for a recording that is not sealed, or destroyed. Locks it: whoever shortens decides before, or after. */
async function assign(deps: RetentionDeps, tx: Db, scope: Scope, recording: string): Promise<void> {
  const found = await deps.evidence.erase.lock(tx, scope, recording)
  if (found === null || !found.sealed || found.destroyedAt !== null || found.sealedAt === null) {
    return
  }
  const category = found.category ?? 'none'
  const known = await findRetained(tx, scope, found.id)
  if (known !== null && known.category === category) {
    return
  }
  const rule = (await rulebookOf(tx, scope, pe2026)).rules[category]
  const at = leavesAt(
    pe2026,
    rule,
    { capturedAt: countsFrom(found.endedAt, found.sealedAt), closedAt: null },
    timeZoneOf(deps),
  )
  if (known === null) {
    await addRetained(tx, {
      municipality: scope.municipality,
      recording: found.id,
      code: found.code,
      device_code: found.deviceCode,
      category,
      started_at: found.startedAt,
      captured_at: found.endedAt,
      sealed_at: found.sealedAt,
      size_bytes: found.sizeBytes,
      manifest_sha256: found.manifestSha256,
      leaves_at: at,
      postponed_until: null,
      batch: null,
      destroyed_at: null,
      final_at: null,
      forgotten_at: null,
    })
  } else {
    await changeRetained(tx, scope, found.id, { category, leaves_at: later(known.leaves_at, at) })
  }
  const isFirst = (await holdsOf(tx, scope, found.id)).length === 0
  if (rule.keep === null && isFirst) {
    const basis = category === 'crime' ? 'crime' : 'investigation'
    await placeHold(deps, tx, scope, found, { reason: automaticReason, basis, policy: 'retencion-por-categoria' })
  }
}

// In the language of the record.
const automaticReason = 'Por su categoría, hasta que dos personas la levanten.'

const pageSize = 500

/** Recordings whose event came before this module listened, or was lost with a restored database. */
export async function reconcile(deps: RetentionDeps, scope: Scope): Promise<void> {
  let after: string | null = null
  for (;;) {
    const page: readonly Retainable[] = await deps.evidence.erase.retainable(deps.database.db, scope, after, pageSize)
    const known = await categoriesOf(
      deps.database.db,
      scope,
      page.map(({ id }) => id),
    )
    for (const found of page) {
      if (found.destroyedAt === null && known.get(found.id) !== (found.category ?? 'none')) {
        await deps.database.transaction((tx) => assign(deps, tx, scope, found.id))
      }
    }
    after = page.at(-1)?.id ?? null
    if (after === null || page.length < pageSize) {
      return
    }
  }
}
