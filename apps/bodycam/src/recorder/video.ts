import type { VideoTrack } from '@sereno/media'
import type { CodedFrame } from './gops.ts'
import { createLetterboxer, type Size } from './letterbox.ts'
import { createTimeLine } from './time-line.ts'

export type VideoSettings = {
  readonly width: number
  readonly height: number
  readonly framesPerSecond: number
  readonly videoBitsPerSecond: number
  readonly segmentSeconds: number
}
export type VideoCapture = {
  readonly requestKeyFrame: () => void
  /** Resolves when every frame taken so far was given out. */
  readonly flush: () => Promise<void>
  /** The shape of what the camera gives now, when it is not the one that is coded: the phone was turned. */
  readonly turned: () => Size | null
  readonly dispose: () => void
}
export type VideoEvents = {
  readonly onFrame: (frame: CodedFrame) => void
  /** With the first key frame of an encoder: what a decoder must know. */
  readonly onTrack: (track: VideoTrack) => void
  /** The phone is too slow: this frame was left out. On the page's monotonic line. */
  readonly onDropped: (atUs: number) => void
  readonly onError: (error: Error) => void
}

/** Constrained baseline: no reordered frames, read by everything. Level 3.1 is 720p30; 4.0 is the next one up. */
export async function videoConfig(settings: VideoSettings): Promise<VideoEncoderConfig | null> {
  for (const codec of ['avc1.42e01f', 'avc1.42e028', 'avc1.42001f']) {
    const config: VideoEncoderConfig = {
      codec,
      width: settings.width,
      height: settings.height,
      framerate: settings.framesPerSecond,
      bitrate: settings.videoBitsPerSecond,
      latencyMode: 'realtime',
      avc: { format: 'avc' },
    }
    if ((await VideoEncoder.isConfigSupported(config)).supported === true) {
      return config
    }
  }
  return null
}

/** More waiting than this and the phone is too slow: a frame is left out rather than memory filled. */
const longestQueue = 8

/** Camera track in, coded frames out. It knows nothing of recordings. */
export function captureVideo(
  track: MediaStreamVideoTrack,
  config: VideoEncoderConfig,
  segmentSeconds: number,
  events: VideoEvents,
): VideoCapture {
  const line = createTimeLine()
  const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 4 }).readable.getReader()
  let keyWanted = true
  let lastKeyUs = Number.NEGATIVE_INFINITY
  let disposed = false
  const encoder = new VideoEncoder({
    output: (chunk, metadata) => {
      const decoder = metadata?.decoderConfig
      if (decoder?.description !== undefined) {
        events.onTrack({
          codec: decoder.codec,
          width: decoder.codedWidth ?? config.width,
          height: decoder.codedHeight ?? config.height,
          description: bytesOf(decoder.description),
        })
      }
      const data = new Uint8Array(chunk.byteLength)
      chunk.copyTo(data)
      events.onFrame({ data, key: chunk.type === 'key', atUs: chunk.timestamp })
    },
    error: (error) => events.onError(error),
  })
  encoder.configure(config)
  const letterboxer = createLetterboxer(config)

  const run = async (): Promise<void> => {
    while (!disposed) {
      const { value: frame, done } = await reader.read()
      if (done || frame === undefined) {
        return
      }
      // also after the end: a frame that is not closed holds up the camera
      encode(frame)
    }
  }
  const encode = (frame: VideoFrame): void => {
    try {
      if (disposed || encoder.state !== 'configured') {
        return
      }
      const atUs = line.place(frame.timestamp, performance.now())
      if (encoder.encodeQueueSize > longestQueue) {
        events.onDropped(atUs)
        return
      }
      const keyFrame = keyWanted || atUs - lastKeyUs >= segmentSeconds * 1_000_000 - 1000
      if (keyFrame) {
        keyWanted = false
        lastKeyUs = atUs
      }
      const placed = letterboxer.fit(frame, atUs)
      try {
        encoder.encode(placed, { keyFrame })
      } finally {
        placed.close()
      }
    } finally {
      frame.close()
    }
  }
  void run().catch((error: unknown) => events.onError(error instanceof Error ? error : new Error(String(error))))

  return {
    requestKeyFrame: () => {
      keyWanted = true
    },
    flush: async () => {
      if (encoder.state === 'configured') {
        keyWanted = true
        await encoder.flush()
      }
    },
    turned: letterboxer.other,
    dispose: () => {
      disposed = true
      void reader.cancel().catch(() => undefined)
      if (encoder.state !== 'closed') {
        encoder.close()
      }
    },
  }
}

function bytesOf(source: AllowSharedBufferSource): Uint8Array<ArrayBuffer> {
  const view = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source)
  return new Uint8Array(view)
}
