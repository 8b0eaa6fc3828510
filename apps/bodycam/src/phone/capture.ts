import type { GapReason } from '@sereno/proof'

/**
 * What the phone is doing, as far as the disk knows. Pure: the word on the glass is read from here, and
 * `recording` is only ever said of a recording that wrote a segment within the last seconds.
 */
export type Capture =
  | { readonly kind: 'off' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'starting'; readonly recording: string; readonly touchedAtMs: number }
  | {
      readonly kind: 'recording'
      readonly recording: string
      readonly touchedAtMs: number
      readonly lastSegmentAtMs: number
    }
  | {
      readonly kind: 'interrupted'
      readonly recording: string
      readonly touchedAtMs: number
      readonly sinceMs: number
      readonly cause: GapReason
    }
  | { readonly kind: 'stopping'; readonly recording: string; readonly touchedAtMs: number }

export type CaptureEvent =
  | { readonly type: 'camera'; readonly open: boolean }
  | { readonly type: 'touched'; readonly recording: string; readonly atMs: number }
  | {
      readonly type: 'segment'
      readonly recording: string
      /** End of what it holds. */
      readonly capturedAtMs: number
      /** When it was on the disk. */
      readonly atMs: number
    }
  | { readonly type: 'interrupted'; readonly cause: GapReason; readonly atMs: number }
  | { readonly type: 'tick'; readonly atMs: number }
  | { readonly type: 'stop-held' }
  | { readonly type: 'stopped'; readonly recording: string; readonly cameraOpen: boolean }

/** Three segments of two seconds: longer without one and it is not recording, whatever the camera says. */
export const segmentOverdueMs = 7000
/** The first segment takes the pre-event seconds' encoding with it. */
const startOverdueMs = 8000

export function step(capture: Capture, event: CaptureEvent): Capture {
  switch (event.type) {
    case 'camera':
      // a recording does not end because the camera went: that is a gap
      return isOpen(capture) ? capture : event.open ? { kind: 'ready' } : { kind: 'off' }
    case 'touched':
      return isOpen(capture) ? capture : { kind: 'starting', recording: event.recording, touchedAtMs: event.atMs }
    case 'segment':
      return segment(capture, event)
    case 'interrupted':
      return interrupt(capture, event.cause, event.atMs)
    case 'tick':
      return tick(capture, event.atMs)
    case 'stop-held':
      return isOpen(capture) && capture.kind !== 'stopping'
        ? { kind: 'stopping', recording: capture.recording, touchedAtMs: capture.touchedAtMs }
        : capture
    case 'stopped':
      return isOpen(capture) && capture.recording === event.recording
        ? { kind: event.cameraOpen ? 'ready' : 'off' }
        : capture
  }
}

export type OpenCapture = Exclude<Capture, { readonly kind: 'off' | 'ready' }>

export function isOpen(capture: Capture): capture is OpenCapture {
  return capture.kind !== 'off' && capture.kind !== 'ready'
}

function segment(capture: Capture, event: Extract<CaptureEvent, { readonly type: 'segment' }>): Capture {
  if (!isOpen(capture) || capture.kind === 'stopping' || capture.recording !== event.recording) {
    return capture
  }
  // the last group before the silence reaches the disk after it began: that is not a return
  if (capture.kind === 'interrupted' && event.capturedAtMs <= capture.sinceMs) {
    return capture
  }
  const { recording, touchedAtMs } = capture
  return { kind: 'recording', recording, touchedAtMs, lastSegmentAtMs: event.atMs }
}

function interrupt(capture: Capture, cause: GapReason, sinceMs: number): Capture {
  if (capture.kind !== 'recording' && capture.kind !== 'starting') {
    return capture
  }
  const { recording, touchedAtMs } = capture
  return { kind: 'interrupted', recording, touchedAtMs, sinceMs, cause }
}

function tick(capture: Capture, atMs: number): Capture {
  if (capture.kind === 'recording' && atMs - capture.lastSegmentAtMs > segmentOverdueMs) {
    return interrupt(capture, 'unknown', capture.lastSegmentAtMs)
  }
  if (capture.kind === 'starting' && atMs - capture.touchedAtMs > startOverdueMs) {
    return interrupt(capture, 'unknown', capture.touchedAtMs)
  }
  return capture
}
