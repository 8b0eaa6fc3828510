import type { Clock } from '../../kernel/clock.ts'
import type { Db } from '../../kernel/database.ts'
import { groundOf, versionInForce } from './store.ts'
import { type GroundIndex, indexGround } from './territory.ts'

const recheckMs = 30_000

export type InForce = {
  readonly of: (municipality: string) => Promise<GroundIndex>
  readonly forget: (municipality: string) => void
}

/**
 * Keeps the version in force of each municipality in memory, because every position asks for its quadrant. A version
 * never changes; whether there is a newer one is asked at most every 30 s.
 */
export function keepInForce(db: Db, clock: Clock): InForce {
  const kept = new Map<string, { readonly index: Promise<GroundIndex>; checkedAtMs: number }>()

  function load(municipality: string): Promise<GroundIndex> {
    const index = versionInForce(db, municipality).then(async (version) =>
      indexGround(await groundOf(db, municipality, version)),
    )
    kept.set(municipality, { index, checkedAtMs: clock.monotonicMs() })
    // A failed read must not be remembered.
    index.catch(() => kept.delete(municipality))
    return index
  }

  return {
    async of(municipality) {
      const found = kept.get(municipality)
      if (found === undefined) {
        return load(municipality)
      }
      if (clock.monotonicMs() - found.checkedAtMs < recheckMs) {
        return found.index
      }
      found.checkedAtMs = clock.monotonicMs()
      const index = await found.index
      return (await versionInForce(db, municipality)) === index.ground.version ? index : load(municipality)
    },
    forget: (municipality) => kept.delete(municipality),
  }
}
