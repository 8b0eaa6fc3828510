/** All conformance vectors. Same code, same bytes: `make-vectors.ts` writes them, a test compares. */
import type { Vector } from './vector.ts'
import { containerVectors } from './vectors-container.ts'
import { ledgerVectors } from './vectors-ledger.ts'
import { soundVectors } from './vectors-sound.ts'
import { stampVectors } from './vectors-stamps.ts'
import { statementVectors } from './vectors-statements.ts'

export const vectors: readonly Vector[] = [
  ...soundVectors,
  ...containerVectors,
  ...statementVectors,
  ...ledgerVectors,
  ...stampVectors,
]
