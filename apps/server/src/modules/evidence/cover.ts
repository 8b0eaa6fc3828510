/**
 * What lets a phone judge for itself whether a checkpoint covers its recording: the published entries that stand for it.
 * The head entry names the last statement of an unbroken run, and each statement names the one before; a manifest names
 * them one by one. The phone has the statements and the log's key, so nothing here needs to be believed.
 */
import type { deliveryOperations, ReplyOf } from '@sereno/contracts'
import { toBase64Url, toHex, utf8 } from '@sereno/proof'
import type { Scope } from '../../kernel/actor.ts'
import type { EvidenceDeps } from './deps.ts'
import { manifestsOf } from './store.ts'
import type { RecordingRow } from './tables.ts'

export type Cover = ReplyOf<(typeof deliveryOperations)['GET /device/recordings/:id/cover']>

export async function coverOf(deps: EvidenceDeps, scope: Scope, row: RecordingRow): Promise<Cover> {
  const manifests = await manifestsOf(deps.database.db, scope, row.id)
  const named = new Map<string, string | null>(manifests.map(({ entry, envelope }) => [entry, envelope]))
  if (row.headed_entry !== null) {
    named.set(row.headed_entry, null)
  }
  const found = await Promise.all([...named.keys()].map((id) => deps.ledger.proofOf(id)))
  const proofs = found.filter((proof) => proof !== null)
  // One may have been published between two of them; the phone asks again soon.
  const checkpoint = proofs.at(-1)?.checkpoint ?? null
  const entries: Cover['entries'] = []
  for (const { id, leaf, openings, index, proof, checkpoint: towards } of proofs) {
    const envelope = named.get(id) ?? null
    // An opening that was lost in a restore proves nothing to anybody.
    if (openings !== null && towards === checkpoint) {
      entries.push({
        leaf: toBase64Url(leaf),
        openings: openings.map((opening) => ({ ...opening, proof: [...opening.proof] })),
        index,
        proof: proof.map(toHex),
        manifest: envelope === null ? null : toBase64Url(utf8(envelope)),
      })
    }
  }
  return { checkpoint, entries }
}
