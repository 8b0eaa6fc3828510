import type { Stamp } from './verify.ts'

export type StampExpiry = { readonly expiresAtMs: number; readonly isExpiring: boolean }

/**
 * Until when a stamp can be checked by everybody: its signing certificate's end. Before that it is stamped again, over
 * its own SHA-256 (the idea of RFC 4998: each stamp vouches for the one before it).
 */
export function stampExpiry(stamp: Pick<Stamp, 'expiresAtMs'>, nowMs: number, withinMs: number): StampExpiry {
  return { expiresAtMs: stamp.expiresAtMs, isExpiring: stamp.expiresAtMs - nowMs <= withinMs }
}
