/** A recording's custody as somebody may read it. */
import type { CustodyEntry } from '@sereno/contracts'
import type { Static } from 'typebox'
import type { Scope } from '../../kernel/actor.ts'
import { type Audience, toldTo } from './audience.ts'
import type { EvidenceDeps } from './deps.ts'

/** Every entry of the recording, newest first; those that an outside audience is told, when there is one. */
export async function toldOf(
  deps: Pick<EvidenceDeps, 'ledger'>,
  scope: Scope,
  recording: string,
  audience?: Audience,
): Promise<readonly Static<typeof CustodyEntry>[]> {
  const all = await deps.ledger.entriesOf(scope, `recording:${recording}`)
  if (audience === undefined) {
    return all
  }
  const own = await deps.ledger.entriesOf(scope, `person:${audience.account}`)
  return toldTo(audience, all, new Set(own.map(({ id }) => id)))
}
