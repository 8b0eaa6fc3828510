import { liveValue } from '@sereno/ui'

/** How loud each tenth of a second is, 0 to 1, where it is known. Made from the sound really heard, never guessed. */
export type SoundPart = { readonly startMs: number; readonly levels: readonly number[] }
export const levelMs = 100

export type SoundCurve = ReturnType<typeof createSound>

/**
 * Decodes the sound of segments as the player loads them (no second download, no look without a picture) and keeps
 * its loudness. A segment without sound, or one that cannot be decoded, leaves no curve.
 */
export function createSound() {
  const parts = liveValue<readonly SoundPart[]>([])
  const known = new Set<number>()
  // 8 kHz is enough for loudness and keeps decoding cheap
  const context = new OfflineAudioContext(1, 1, 8000)

  async function decode(startMs: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      const heard = await context.decodeAudioData(bytes.buffer)
      parts.set([...parts.get(), { startMs, levels: levelsOf(heard.getChannelData(0), heard.sampleRate) }])
    } catch {
      // recorded without sound, or in a form this browser cannot open: the lane stays empty there
    }
  }

  return {
    parts,
    add: (startMs: number, init: Uint8Array, media: Uint8Array): void => {
      if (known.has(startMs)) {
        return
      }
      known.add(startMs)
      const whole = new Uint8Array(init.length + media.length)
      whole.set(init)
      whole.set(media, init.length)
      void decode(startMs, whole)
    },
  }
}

/** Root mean square of each tenth of a second. */
export function levelsOf(samples: Float32Array, sampleRate: number): readonly number[] {
  const size = Math.max(1, Math.round((sampleRate * levelMs) / 1000))
  const levels: number[] = []
  for (let start = 0; start < samples.length; start += size) {
    let sum = 0
    const end = Math.min(samples.length, start + size)
    for (let index = start; index < end; index += 1) {
      const sample = samples[index] ?? 0
      sum += sample * sample
    }
    levels.push(Math.min(1, Math.sqrt(sum / (end - start)) * 3))
  }
  return levels
}
