/** How officers reach the control room by voice: a setting of the installation, shown on every phone. */
import type { Actor } from '../../kernel/actor.ts'
import type { IdentityDeps, Municipality } from './door.ts'
import { changeTelephone } from './store.ts'

/**
 * 1. The entry, with the number before and after.
 * 2. The change, in the same transaction. A crash before the commit: neither; after it: both.
 */
export async function changeContact(
  deps: Pick<IdentityDeps, 'database' | 'ledger'>,
  actor: Actor,
  municipality: Municipality,
  telephone: string | null,
  policy: string,
): Promise<Municipality> {
  await deps.database.transaction(async (tx) => {
    await deps.ledger.append(tx, {
      municipality: municipality.id,
      kind: 'installation.contact-changed',
      coarse: 'installation',
      subjects: [`municipality:${municipality.id}`],
      actor,
      policy,
      fields: { telephone: telephone ?? '', before: municipality.telephone ?? '' },
    })
    await changeTelephone(tx, municipality.id, telephone)
  })
  return { ...municipality, telephone }
}
