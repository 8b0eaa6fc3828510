import type { Size } from './letterbox.ts'
import { type VideoSettings, videoConfig } from './video.ts'

export type CameraProblem = 'denied' | 'no-camera' | 'busy' | 'no-encoder'
/** An open camera and how its picture will be coded. */
export type OpenedCamera = {
  readonly stream: MediaStream
  readonly input: MediaStreamVideoTrack
  readonly config: VideoEncoderConfig
}

/**
 * Opens the camera that looks away from the officer. `size` is what a running recording has: it keeps it whatever the
 * camera gives now. Never throws.
 */
export async function openCamera(
  wanted: VideoSettings,
  size: Size | null,
): Promise<OpenedCamera | { readonly problem: CameraProblem }> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      video: {
        facingMode: 'environment',
        width: { ideal: wanted.width },
        height: { ideal: wanted.height },
        frameRate: { ideal: wanted.framesPerSecond, max: wanted.framesPerSecond },
      },
    })
    const input = stream.getVideoTracks()[0]
    const config =
      input === undefined
        ? null
        : await (size === null ? configOf(shapeOf(input, wanted), wanted) : videoConfig({ ...wanted, ...size }))
    if (input === undefined || config === null) {
      closeStream(stream)
      return { problem: input === undefined ? 'no-camera' : 'no-encoder' }
    }
    return { stream, input, config }
  } catch (error) {
    return { problem: problemOf(error) }
  }
}

/** The shape that a camera says its picture has. */
export function shapeOf(input: MediaStreamTrack, wanted: VideoSettings): Size {
  const { width = wanted.width, height = wanted.height } = input.getSettings()
  return { width, height }
}

/** How a picture of this shape is coded: as large as wanted at most. */
export function configOf({ width, height }: Size, wanted: VideoSettings): Promise<VideoEncoderConfig | null> {
  const scale = Math.min(1, Math.max(wanted.width, wanted.height) / Math.max(width, height))
  // H.264 wants even sizes
  const own = { width: Math.round(width * scale) & ~1, height: Math.round(height * scale) & ~1 }
  return videoConfig({ ...wanted, ...own })
}

export function closeStream(stream: MediaStream | null): void {
  for (const input of stream?.getTracks() ?? []) {
    input.onended = null
    input.onmute = null
    input.stop()
  }
}

function problemOf(error: unknown): CameraProblem {
  const name = error instanceof DOMException ? error.name : ''
  return name === 'NotAllowedError' ? 'denied' : name === 'NotReadableError' ? 'busy' : 'no-camera'
}
