import { liveValue } from '@sereno/ui'

/**
 * The picture's clock, outside React: one position in milliseconds from the recording's start, which every lane, the map
 * and the words follow. The media's own clock is the truth; nothing is smoothed over a hole.
 */
export type Playback = ReturnType<typeof createPlayback>
export const rates = [0.25, 0.5, 1, 2, 4] as const
const usualFrameMs = 1000 / 30

export function createPlayback() {
  const positionMs = liveValue(0)
  const playing = liveValue(false)
  const rate = liveValue<number>(1)
  let video: HTMLVideoElement | null = null
  let lengthMs = 0
  let frameMs = usualFrameMs
  let lastMediaTime: number | null = null
  let animation = 0
  // Asked for while the first bytes are still coming, playing begins when it can: loading aborts a `play()` in flight.
  let wanted = false
  // Whole files are several pictures on one axis: each begins at its own moment, and somebody else moves them.
  let originMs = 0
  let route: ((toMs: number) => void) | null = null

  function follow(): void {
    if (video !== null) {
      positionMs.set(originMs + video.currentTime * 1000)
      if (!video.paused) {
        animation = requestAnimationFrame(follow)
      }
    }
  }

  /** True frame duration, from frames really shown; the camera's rate is not assumed. */
  function measure(_: number, frame: VideoFrameCallbackMetadata): void {
    if (lastMediaTime !== null) {
      const apartMs = (frame.mediaTime - lastMediaTime) * 1000
      if (apartMs > 5 && apartMs < 200) {
        frameMs = apartMs
      }
    }
    lastMediaTime = frame.mediaTime
    video?.requestVideoFrameCallback(measure)
  }

  function attach(element: HTMLVideoElement): () => void {
    video = element
    const stop = new AbortController()
    const { signal } = stop
    const started = (): void => {
      playing.set(true)
      cancelAnimationFrame(animation)
      follow()
    }
    element.addEventListener('play', started, { signal })
    element.addEventListener('canplay', () => wanted && play(element), { signal })
    element.addEventListener('pause', () => playing.set(false), { signal })
    element.addEventListener(
      'ended',
      () => {
        wanted = false
      },
      { signal },
    )
    element.addEventListener('timeupdate', () => positionMs.set(originMs + element.currentTime * 1000), { signal })
    element.addEventListener('seeking', () => positionMs.set(originMs + element.currentTime * 1000), { signal })
    element.addEventListener(
      'loadedmetadata',
      () => {
        element.playbackRate = rate.get()
      },
      { signal },
    )
    element.requestVideoFrameCallback(measure)
    element.currentTime = positionMs.get() / 1000
    return () => {
      stop.abort()
      cancelAnimationFrame(animation)
      playing.set(false)
      wanted = false
      video = null
    }
  }

  function play(element: HTMLVideoElement): void {
    wanted = true
    element.play().catch(() => playing.set(!element.paused))
  }

  function pause(): void {
    wanted = false
    video?.pause()
  }

  function seek(toMs: number): void {
    const to = Math.max(0, Math.min(lengthMs, toMs))
    positionMs.set(to)
    if (route !== null) {
      route(to)
    } else if (video !== null) {
      video.currentTime = to / 1000
    }
  }

  /** The picture on the screen as a PNG, in the video's own size; null where there is none. */
  async function frame(): Promise<Blob | null> {
    if (video === null || video.videoWidth === 0) {
      return null
    }
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight)
    canvas.getContext('2d')?.drawImage(video, 0, 0)
    return canvas.convertToBlob({ type: 'image/png' })
  }

  return {
    frame,
    positionMs,
    playing,
    rate,
    attach,
    seek,
    setOrigin: (ms: number) => {
      originMs = ms
    },
    setRoute: (by: ((toMs: number) => void) | null) => {
      route = by
    },
    setLength: (ms: number) => {
      lengthMs = ms
    },
    toggle: () => {
      if (video?.paused === true && !wanted) {
        play(video)
      } else {
        pause()
      }
    },
    step: (frames: number) => {
      pause()
      seek(positionMs.get() + frames * frameMs)
    },
    turnRate: (by: -1 | 1) => {
      const here = rates.indexOf(rate.get() as (typeof rates)[number])
      const next = rates[Math.max(0, Math.min(rates.length - 1, here + by))] ?? 1
      rate.set(next)
      if (video !== null) {
        video.playbackRate = next
      }
    },
  }
}
