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
  passed: [20],
  failed: [200, 100, 200],
  handIn: [60, 100, 60],
  /** A rising buzz while a control is held. */
  holding: [20, 180, 40, 160, 60, 140, 80, 120, 100, 100, 120, 80, 140, 60, 160, 40, 180, 20, 200],
} as const satisfies Readonly<Record<string, readonly number[]>>
export type Haptic = keyof typeof haptics

export type Signals = {
  readonly feel: (haptic: Haptic) => void
  readonly quiet: () => void
  /** 880 Hz for 120 ms at the start, 440 Hz for 240 ms at the stop. Never for SOS. */
  readonly sound: (which: 'start' | 'stop') => void
}

const tones = { start: { hertz: 880, seconds: 0.12 }, stop: { hertz: 440, seconds: 0.24 } } as const

export function createSignals(isLoud: () => boolean): Signals {
  let context: AudioContext | null = null
  return {
    feel: (haptic) => {
      navigator.vibrate?.([...haptics[haptic]])
    },
    quiet: () => {
      navigator.vibrate?.(0)
    },
    sound: (which) => {
      if (!isLoud()) {
        return
      }
      context ??= new AudioContext()
      void context.resume()
      const { hertz, seconds } = tones[which]
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
