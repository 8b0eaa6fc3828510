export type Size = { readonly width: number; readonly height: number }
export type Box = Size & { readonly x: number; readonly y: number }

/**
 * Where a picture goes inside the size that a recording began with. A recording keeps its init and its size (design §4), and
 * a phone that is turned gives frames of another shape: they are made smaller between black bars, never stretched, because
 * a stretched person is another person. Null when it fits as it is.
 */
export function letterbox(frame: Size, into: Size): Box | null {
  const difference = (frame.width * into.height) / (frame.height * into.width)
  // H.264 wants even sizes, so a camera's odd row is no other shape
  if (difference > 0.98 && difference < 1.02) {
    return null
  }
  const scale = Math.min(into.width / frame.width, into.height / frame.height)
  const width = Math.round(frame.width * scale)
  const height = Math.round(frame.height * scale)
  return { x: Math.floor((into.width - width) / 2), y: Math.floor((into.height - height) / 2), width, height }
}

export type Letterboxer = {
  /** The frame at its time, in the recording's size. The caller closes both. */
  readonly fit: (frame: VideoFrame, timestampUs: number) => VideoFrame
  /** The shape of the last frame, when it was another one. */
  readonly other: () => Size | null
}

/** Draws frames of another shape into the recording's own. Keeps one canvas for as long as the camera is open. */
export function createLetterboxer(into: Size): Letterboxer {
  let context: OffscreenCanvasRenderingContext2D | null = null
  let other: Size | null = null
  const fit = (frame: VideoFrame, timestampUs: number): VideoFrame => {
    const shape = { width: frame.displayWidth, height: frame.displayHeight }
    const box = letterbox(shape, into)
    other = box === null ? null : shape
    if (box === null) {
      return new VideoFrame(frame, { timestamp: timestampUs })
    }
    context ??= new OffscreenCanvas(into.width, into.height).getContext('2d', { alpha: false })
    if (context === null) {
      return new VideoFrame(frame, { timestamp: timestampUs })
    }
    context.fillRect(0, 0, into.width, into.height)
    context.drawImage(frame, box.x, box.y, box.width, box.height)
    return new VideoFrame(context.canvas, { timestamp: timestampUs })
  }
  return { fit, other: () => other }
}
