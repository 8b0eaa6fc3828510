import type { AudioTrack, Sample } from '@sereno/media'
import { createTimeLine } from './time-line.ts'

/** What the init segment declares, from the first group on, whether the microphone opens or not. */
export const soundTrack: AudioTrack = { codec: 'opus', sampleRate: 48_000, channels: 1 }

export type SoundCapture = { readonly dispose: () => void }

const constraints: MediaTrackConstraints = {
  channelCount: 1,
  sampleRate: soundTrack.sampleRate,
  // the room as it sounds: what a call would clean away may be what matters
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: true,
}

/**
 * Opens the microphone and codes it. Only from the touch on: before it the microphone is closed, not muted, so that
 * "sin audio" needs nobody's trust. Rejects when there is no microphone; a recording goes on without sound then.
 */
export async function captureSound(events: {
  readonly onSample: (sample: Sample) => void
  readonly onEnd: () => void
}): Promise<SoundCapture> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: constraints })
  const track = stream.getAudioTracks()[0]
  if (track === undefined) {
    throw new Error('no microphone')
  }
  const line = createTimeLine()
  const reader = new MediaStreamTrackProcessor({ track }).readable.getReader()
  let disposed = false
  const encoder = new AudioEncoder({
    output: (chunk) => {
      const data = new Uint8Array(chunk.byteLength)
      chunk.copyTo(data)
      events.onSample({ data, key: true, timestampUs: chunk.timestamp, durationUs: chunk.duration ?? 20_000 })
    },
    error: () => stop(),
  })
  encoder.configure({
    codec: 'opus',
    sampleRate: soundTrack.sampleRate,
    numberOfChannels: soundTrack.channels,
    bitrate: 32_000,
  })
  const stop = (): void => {
    if (disposed) {
      return
    }
    disposed = true
    void reader.cancel().catch(() => undefined)
    track.stop()
    if (encoder.state !== 'closed') {
      encoder.close()
    }
    events.onEnd()
  }
  const run = async (): Promise<void> => {
    while (!disposed) {
      const { value, done } = await reader.read()
      if (done || value === undefined) {
        break
      }
      try {
        if (encoder.state === 'configured') {
          encode(encoder, value, line.place(value.timestamp, performance.now() - value.duration / 1000))
        }
      } finally {
        value.close()
      }
    }
    stop()
  }
  void run().catch(stop)
  return { dispose: stop }
}

// One channel at the declared rate: a microphone that gives two is read by its first.
function encode(encoder: AudioEncoder, input: AudioData, timestampUs: number): void {
  if (input.sampleRate !== soundTrack.sampleRate) {
    throw new Error('the microphone has another sample rate')
  }
  const data = new Float32Array(input.numberOfFrames)
  input.copyTo(data, { planeIndex: 0, format: 'f32-planar' })
  const mono = new AudioData({
    format: 'f32-planar',
    sampleRate: input.sampleRate,
    numberOfFrames: input.numberOfFrames,
    numberOfChannels: 1,
    timestamp: timestampUs,
    data,
  })
  encoder.encode(mono)
  mono.close()
}
