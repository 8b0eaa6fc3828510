/** The alphabet an officer learns by hand: milliseconds on, off, on … Two of 800 belong to "SOS seen" alone. */
export const haptics = {
  started: [60, 100, 60],
  stillRecording: [30],
  watched: [300],
  marked: [30],
  stopped: [600],
  networkLost: [300],
  networkBack: [30],
  sosSent: [60, 100, 60, 100, 60],
  sosStuck: [1000],
  sosSeen: [800, 100, 800],
  notRecording: [400],
  storage: [400, 100, 400],
  overload: [400, 100, 400],
  passed: [20],
  failed: [200, 100, 200],
  handIn: [60, 100, 60],
  /** A rising buzz while a control is held. */
  holding: [20, 180, 40, 160, 60, 140, 80, 120, 100, 100, 120, 80, 140, 60, 160, 40, 180, 20, 200],
} as const satisfies Readonly<Record<string, readonly number[]>>
export type Haptic = keyof typeof haptics

/** The two tones. Never for SOS. */
export const tones = { start: { hertz: 880, ms: 120 }, stop: { hertz: 440, ms: 240 } } as const
export type Tone = keyof typeof tones

/** What a phone can do to a hand and an ear. */
export type SignalPort = {
  readonly vibrate: (pattern: readonly number[]) => void
  readonly play: (hertz: number, ms: number) => void
}
export type Signals = {
  readonly feel: (haptic: Haptic) => void
  readonly quiet: () => void
  readonly sound: (which: Tone) => void
}

export function createSignals(port: SignalPort, isLoud: () => boolean): Signals {
  return {
    feel: (haptic) => port.vibrate(haptics[haptic]),
    quiet: () => port.vibrate([]),
    sound: (which) => {
      if (isLoud()) {
        port.play(tones[which].hertz, tones[which].ms)
      }
    },
  }
}

/** The browser's: a phone without a motor or with its sounds off does nothing, and says nothing about it. */
export function browserSignals(): SignalPort {
  let context: AudioContext | null = null
  return {
    vibrate: (pattern) => {
      navigator.vibrate?.(pattern.length === 0 ? 0 : [...pattern])
    },
    play: (hertz, ms) => {
      context ??= new AudioContext()
      void context.resume()
      const seconds = ms / 1000
      const tone = context.createOscillator()
      const volume = context.createGain()
      const now = context.currentTime
      tone.frequency.value = hertz
      volume.gain.setValueAtTime(0.4, now)
      volume.gain.setTargetAtTime(0, now + seconds - 0.02, 0.01)
      tone.connect(volume).connect(context.destination)
      tone.start(now)
      tone.stop(now + seconds + 0.05)
    },
  }
}
