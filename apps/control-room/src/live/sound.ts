import type { LiveMessage } from '@sereno/media'

/**
 * What can be said of a unit's sound: `none` = no sound arrives, `muted` = it arrives and is not played, `heard` = it is
 * being played, `blocked` = the browser lets nothing sound, `unsupported` = the browser cannot decode it.
 */
export type Sound = 'none' | 'muted' | 'heard' | 'blocked' | 'unsupported'
export type SoundConfig = { readonly codec: string; readonly sampleRate: number; readonly channels: number }

export type LiveSound = {
  readonly configure: (config: SoundConfig) => void
  readonly hear: (message: LiveMessage) => void
  readonly setMuted: (muted: boolean) => void
  readonly dispose: () => void
}

/** No packet for this long and there is no sound, whatever was declared. */
const silentAfterMs = 1500
/** What is kept ahead of the loudspeaker, against the unevenness of the way. */
const leadSeconds = 0.08
/** More than this ahead is old news: the room hears now, not everything. */
const mostAheadSeconds = 0.5

/**
 * Sound of one live leg: packets are decoded only while somebody listens, and laid end to end on the clock of the
 * loudspeaker. Muted until told otherwise; `output` is made at the first listening, which is a person's deed, because
 * browsers let nothing sound before one.
 */
export function createLiveSound(given: {
  readonly output: () => AudioContext
  readonly now: () => number
  readonly show: (sound: Sound) => void
}): LiveSound {
  let config: SoundConfig | null = null
  let decoder: AudioDecoder | null = null
  let context: AudioContext | null = null
  let muted = true
  let arrivedAt: number | null = null
  let playAt = 0
  let failed = false
  let shown: Sound = 'none'
  const playing = new Set<AudioBufferSourceNode>()
  const watch = setInterval(tell, 250)

  function state(): Sound {
    if (failed || typeof AudioDecoder === 'undefined') {
      return 'unsupported'
    }
    if (arrivedAt === null || given.now() - arrivedAt > silentAfterMs) {
      return 'none'
    }
    if (muted) {
      return 'muted'
    }
    return context?.state === 'running' ? 'heard' : 'blocked'
  }

  function tell(): void {
    const next = state()
    if (next !== shown) {
      shown = next
      given.show(next)
    }
  }

  function play(data: AudioData): void {
    if (context !== null && !muted) {
      const buffer = context.createBuffer(data.numberOfChannels, data.numberOfFrames, data.sampleRate)
      for (let channel = 0; channel < data.numberOfChannels; channel += 1) {
        data.copyTo(buffer.getChannelData(channel), { planeIndex: channel, format: 'f32-planar' })
      }
      const aheadSeconds = playAt - context.currentTime
      if (aheadSeconds < 0) {
        playAt = context.currentTime + leadSeconds
      }
      if (aheadSeconds < mostAheadSeconds) {
        const source = context.createBufferSource()
        source.buffer = buffer
        source.connect(context.destination)
        source.onended = () => playing.delete(source)
        playing.add(source)
        source.start(playAt)
        playAt += buffer.duration
      }
    }
    data.close()
  }

  function open(): AudioDecoder | null {
    if (config === null || failed || typeof AudioDecoder === 'undefined') {
      return null
    }
    const opened = new AudioDecoder({
      output: play,
      error: () => {
        // a broken packet costs its own 20 ms: the next one opens a decoder anew
        decoder = null
      },
    })
    try {
      opened.configure({ codec: config.codec, sampleRate: config.sampleRate, numberOfChannels: config.channels })
    } catch {
      failed = true
      return null
    }
    return opened
  }

  function close(): void {
    if (decoder !== null && decoder.state !== 'closed') {
      decoder.close()
    }
    decoder = null
    for (const source of playing) {
      source.stop()
    }
    playing.clear()
    playAt = 0
  }

  return {
    configure: (next) => {
      config = next
      close()
    },
    hear: ({ payload, timestampUs, durationUs }) => {
      arrivedAt = given.now()
      if (!muted) {
        decoder ??= open()
        decoder?.decode(
          new EncodedAudioChunk({ type: 'key', timestamp: timestampUs, duration: durationUs, data: payload }),
        )
      }
      tell()
    },
    setMuted: (next) => {
      muted = next
      if (muted) {
        close()
      } else {
        context = given.output()
        void context.resume().then(tell, tell)
      }
      tell()
    },
    dispose: () => {
      clearInterval(watch)
      close()
    },
  }
}
