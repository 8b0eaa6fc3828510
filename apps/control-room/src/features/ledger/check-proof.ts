import { fromHex, openNote, parseCheckpoint, verifyInclusion } from '@sereno/proof'
import type { Reply } from '../../api/api.ts'

/** Computes the checkpoint's root again from the leaf and the path, here, without trusting the server's word. */
export async function checkProof({
  index,
  leafHash,
  proof,
  checkpoint,
}: Reply<'GET /ledger/entries/:id/proof'>): Promise<boolean> {
  const note = openNote(checkpoint)
  const head = note.ok ? parseCheckpoint(note.value.text) : null
  const leaf = fromHex(leafHash)
  const path = proof.map(fromHex)
  if (head === null || !head.ok || leaf === null || path.some((node) => node === null)) {
    return false
  }
  return await verifyInclusion({
    index,
    size: head.value.size,
    root: head.value.root,
    leafHash: leaf,
    proof: path.filter((node) => node !== null),
  })
}
