import type { OriginalFile } from './recording-files.tsx'

/** Something that can be shown: an original, or the copy made for viewing. */
export type Clip = { readonly url: string; readonly startMs: number; readonly durationMs: number }

/** What a player's clock must let be set: where the picture's own time begins, and who moves the picture. */
export type ClipClock = {
  readonly setOrigin: (ms: number) => void
  readonly setRoute: (route: ((toMs: number) => void) | null) => void
}

/** `base`: where an open look is read, `/api/looks` or a guest's. */
export function clipsOf(base: string, look: string, files: readonly OriginalFile[]): readonly Clip[] {
  return files
    .filter(({ shown, durationMs }) => shown !== 'nothing' && durationMs > 0)
    .map(({ sequence, shown, startMs, durationMs }) => ({
      url: `${base}/${look}/files/${sequence}${shown === 'copy' ? '?copy=true' : ''}`,
      startMs,
      durationMs,
    }))
    .toSorted((left, right) => left.startMs - right.startMs)
}

/** Plays clips one after the other in one picture, on the recording's one axis. Returns the way to stop. */
export function mountClips(
  video: HTMLVideoElement,
  clips: readonly Clip[],
  clock: ClipClock,
  startMs: number,
  onBroken: () => void,
): () => void {
  const stop = new AbortController()
  const { signal } = stop
  let current = -1

  function load(index: number, atMs: number, play: boolean): void {
    const clip = clips[index]
    if (clip === undefined) {
      return
    }
    const to = Math.max(0, atMs - clip.startMs) / 1000
    clock.setOrigin(clip.startMs)
    if (index === current) {
      video.currentTime = to
      return
    }
    current = index
    video.src = clip.url
    video.addEventListener(
      'loadedmetadata',
      () => {
        video.currentTime = to
        if (play) {
          video.play().catch(() => undefined)
        }
      },
      { once: true, signal },
    )
  }

  /** The clip that shows this moment; in a hole the one that comes next, at its start. */
  function go(toMs: number): void {
    const inside = clips.findIndex(({ startMs: from, durationMs }) => toMs >= from && toMs < from + durationMs)
    const next = inside >= 0 ? inside : clips.findIndex(({ startMs: from }) => from > toMs)
    load(next >= 0 ? next : clips.length - 1, toMs, !video.paused)
  }

  video.addEventListener('error', onBroken, { signal })
  video.addEventListener('ended', () => load(current + 1, clips[current + 1]?.startMs ?? 0, true), { signal })
  clock.setRoute(go)
  go(startMs)
  return () => {
    stop.abort()
    clock.setRoute(null)
    clock.setOrigin(0)
    video.removeAttribute('src')
    video.load()
  }
}
