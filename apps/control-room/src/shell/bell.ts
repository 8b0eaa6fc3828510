/**
 * The bell of an SOS nobody has taken: two falling tones, every five seconds until a person takes it. Made here, so it
 * rings without a file and without a server. Browsers allow sound after the first touch of the page.
 */
export type Bell = { readonly ring: () => void; readonly dispose: () => void }

export function createBell(): Bell {
  let audio: AudioContext | null = null
  function tone(context: AudioContext, frequencyHz: number, fromS: number, lengthS: number): void {
    const oscillator = context.createOscillator()
    const volume = context.createGain()
    oscillator.type = 'triangle'
    oscillator.frequency.value = frequencyHz
    volume.gain.setValueAtTime(0, fromS)
    volume.gain.linearRampToValueAtTime(0.35, fromS + 0.02)
    volume.gain.setValueAtTime(0.35, fromS + lengthS - 0.05)
    volume.gain.linearRampToValueAtTime(0, fromS + lengthS)
    oscillator.connect(volume).connect(context.destination)
    oscillator.start(fromS)
    oscillator.stop(fromS + lengthS)
  }
  return {
    ring: () => {
      audio ??= new AudioContext()
      const context = audio
      void context.resume().then(() => {
        tone(context, 880, context.currentTime, 0.28)
        tone(context, 622, context.currentTime + 0.3, 0.5)
      })
    },
    dispose: () => void audio?.close(),
  }
}
