import type { StoredWitness } from './witness-store.ts'

type Counted = Pick<StoredWitness, 'id' | 'municipal'>

/**
 * How many witnesses that are not municipal a checkpoint must carry to be published. Fewer than two of them attest
 * nothing worth waiting for: the log is then published as before, and reads "not witnessed".
 */
export function quorumInForce(setting: number, witnesses: readonly Counted[]): number {
  const independent = independentOf(witnesses).length
  return independent < 2 ? 0 : Math.min(setting, independent)
}

/**
 * Whether so many may go on attesting: whoever took witnesses away until fewer attest than do now would open every gate
 * that waits for them.
 */
export function keepsQuorum(setting: number, before: readonly Counted[], after: readonly Counted[]): boolean {
  return quorumInForce(setting, after) >= quorumInForce(setting, before)
}

export function isAttested(quorum: number, witnesses: readonly Counted[], cosigners: ReadonlySet<string>): boolean {
  return independentOf(witnesses).filter(({ id }) => cosigners.has(id)).length >= quorum
}

function independentOf(witnesses: readonly Counted[]): readonly Counted[] {
  return witnesses.filter(({ municipal }) => !municipal)
}
