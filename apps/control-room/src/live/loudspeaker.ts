let context: AudioContext | null = null

/** The window's loudspeaker, made when it is first needed. Speech of a live leg, so the least delay. */
export function loudspeaker(): AudioContext {
  context ??= new AudioContext({ latencyHint: 'interactive' })
  return context
}
