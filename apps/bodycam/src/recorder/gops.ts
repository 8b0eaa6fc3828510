import type { Gop, Sample } from '@sereno/media'

/** A coded frame as the encoder gave it, on the page's own monotonic time line. Its duration is not known yet. */
export type CodedFrame = { readonly data: Uint8Array; readonly key: boolean; readonly atUs: number }
/** A finished group of pictures on that time line. */
export type PageGop = { readonly frames: readonly Sample[]; readonly startUs: number; readonly endUs: number }

export type GopCollector = {
  readonly add: (frame: CodedFrame) => void
  /** Ends the group that is open; its last frame lasts until `endUs`. */
  readonly close: (endUs: number) => void
  readonly isOpen: () => boolean
}

/**
 * Puts frames together to groups. Each frame lasts until the next one (nominal durations make players stall), so a
 * group is finished by the key frame after it, or when it is told that nothing follows. Frames before the first key
 * frame are of no use to anybody.
 */
export function createGopCollector(onGop: (gop: PageGop) => void): GopCollector {
  let frames: CodedFrame[] = []
  const close = (endUs: number): void => {
    const closed = frames
    frames = []
    const first = closed[0]
    if (first === undefined) {
      return
    }
    const end = Math.max(endUs, (closed.at(-1)?.atUs ?? 0) + 1)
    const samples = closed.map((frame, place) => ({
      data: frame.data,
      key: frame.key,
      timestampUs: frame.atUs,
      durationUs: (closed[place + 1]?.atUs ?? end) - frame.atUs,
    }))
    onGop({ frames: samples, startUs: first.atUs, endUs: end })
  }
  return {
    add: (frame) => {
      if (frame.key) {
        close(frame.atUs)
      } else if (frames.length === 0) {
        return
      }
      const last = frames.at(-1)
      // an encoder may give two frames one time; a time line has no two frames at one place
      frames.push(last !== undefined && frame.atUs <= last.atUs ? { ...frame, atUs: last.atUs + 1 } : frame)
    },
    close,
    isOpen: () => frames.length > 0,
  }
}

/** The group moved onto a recording's time line, with the sound that belongs to it. */
export function ontoRecording(gop: PageGop, sound: readonly Sample[], baseUs: number): Gop {
  const move = (sample: Sample): Sample => ({ ...sample, timestampUs: sample.timestampUs - baseUs })
  return {
    video: gop.frames.map(move),
    audio: sound.map(move).filter((sample) => sample.timestampUs >= 0),
  }
}
