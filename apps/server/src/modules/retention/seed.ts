/**
 * What a newcomer finds in the demonstration: a proposed change of a term, with what it would do, that somebody else has
 * to approve. Nothing is due: its recordings are of today, and no clock is turned back for a picture.
 */
import { systemActor } from '../../kernel/actor.ts'
import { propose } from './change.ts'
import type { RetentionDeps } from './door.ts'
import { changes } from './store-rules.ts'

export async function seedDemonstration(deps: RetentionDeps, municipality: string): Promise<void> {
  const scope = { municipality, actor: systemActor(municipality) }
  if ((await changes(deps.database.db, scope)).length > 0) {
    return
  }
  const supervisor = { ...systemActor(scope.municipality), name: 'Sereno (ficticio)', roles: ['supervisor'] as const }
  await propose(
    deps,
    { ...scope, actor: supervisor },
    { kind: 'term', category: 'assistance', keep: { unit: 'day', count: 90 } },
    'Ficticio: las ayudas se citan en quejas que llegan hasta tres meses después.',
  )
}
