import type { Fix } from '@sereno/contracts'
import type { LiveMessage, Sample, VideoTrack } from '@sereno/media'
import type { GapReason, StopReason } from '@sereno/proof'
import type { EngineApi } from '../engine/protocol.ts'
import { positionOf } from '../position/position.ts'
import { type CameraProblem, closeStream, configOf, openCamera, shapeOf } from './camera.ts'
import { createClockWatch } from './clock-watch.ts'
import { createDrops } from './drops.ts'
import { createGopCollector, ontoRecording, type PageGop } from './gops.ts'
import type { Size } from './letterbox.ts'
import { type Quality, settingsFor } from './quality.ts'
import { createRing } from './ring.ts'
import { captureSound, type SoundCapture, soundTrack } from './sound.ts'
import { captureVideo, type VideoCapture, type VideoSettings } from './video.ts'

export type RecorderSettings = VideoSettings & { readonly preEventSeconds: number }
export type RecorderEvents = {
  readonly onCamera: (stream: MediaStream | null, problem: CameraProblem | null) => void
  /** A segment is on the disk: the only thing that lets the screen say "Grabando". */
  readonly onSegment: (recording: string, capturedAtMs: number) => void
  /** Since when there is no picture, by the wall clock. */
  readonly onInterrupted: (cause: GapReason, sinceMs: number) => void
  readonly onSound: (on: boolean) => void
  /** The phone could not keep up: this many frames of a recording were left out, and a gap says so. */
  readonly onOverload: (frames: number) => void
  /** It could not go on by itself (disk full, camera changed). */
  readonly onStopped: (recording: string, reason: StopReason) => void
}
export type Recorder = {
  readonly prepare: (settings: RecorderSettings) => Promise<void>
  readonly start: (recording: string, sos: boolean) => void
  readonly stop: (reason: StopReason) => Promise<void>
  readonly bufferedSeconds: () => number
  readonly requestKeyFrame: () => void
  readonly stream: (wanted: boolean) => void
  /** Known cause of frames not coming, e.g. the page was hidden. Null when it is over. */
  readonly cause: (cause: GapReason | null) => void
  readonly fix: (fix: Fix) => void
  /** Once a second: notices silence and clocks that were set. */
  readonly watch: () => void
  /**
   * Between two recordings only: a recording keeps the size and coding it began with. What was in memory from before is
   * of the other quality, and is forgotten.
   */
  readonly turn: (quality: Quality) => Promise<void>
  /** Asks for the camera again without waiting for the next turn. */
  readonly reopen: () => void
  readonly dispose: () => void
}

type Current = {
  readonly id: string
  readonly touchUs: number
  baseUs: number | null
  /** Why frames stopped, noted when they come back: the gap is written when their group is whole. */
  gapCause: GapReason | null
  /** End of the last group handed to the engine, on the page's monotonic line, and the wall clock then. */
  endUs: number
  endWallMs: number
  interrupted: boolean
}

const silenceUs = 1_500_000
const frameMs = 1000 / 30

/**
 * The recorder: camera to coded groups to the engine. Plain module, no React: the screen may crash and it records on.
 * It never waits for the network (I-7); it stops only for the officer, a full disk, or a camera that became another.
 */
export function createRecorder(engine: EngineApi, events: RecorderEvents): Recorder {
  let full: RecorderSettings | null = null
  let settings: RecorderSettings | null = null
  let stream: MediaStream | null = null
  let video: VideoCapture | null = null
  let track: VideoTrack | null = null
  let sound: SoundCapture | null = null
  let samples: Sample[] = []
  let ring = createRing(30)
  let current: Current | null = null
  let lastFrameUs = 0
  let cause: GapReason | null = null
  let streams = false
  let fixes: Fix[] = []
  const drops = createDrops()
  const clock = createClockWatch(
    () => Date.now(),
    () => performance.now(),
  )
  let reopenAtMs = 0
  let recoding = false

  const wallAt = (monotonicMs: number): number => Date.now() - (performance.now() - monotonicMs)
  const clocksAt = (endUs: number) => ({ wallClockMs: wallAt(endUs / 1000), monotonicMs: endUs / 1000 })

  const collector = createGopCollector((gop) => {
    if (current === null) {
      ring.push(gop)
    } else {
      // the group that was open at the touch began before it, and has no sound
      write(current, gop, gop.startUs < current.touchUs)
    }
  })
  const write = (to: Current, gop: PageGop, preEvent: boolean): void => {
    if (track === null) {
      return
    }
    to.baseUs ??= gop.startUs
    if (gop.startUs - to.endUs > silenceUs) {
      writeGap(to, gop.startUs)
    }
    const taken = preEvent ? [] : samples
    samples = preEvent ? samples : []
    const clocks = clocksAt(gop.endUs)
    const startMs = clocks.wallClockMs - (gop.endUs - gop.startUs) / 1000
    const during = fixes.filter((fix) => fix.atMs >= startMs && fix.atMs < clocks.wallClockMs)
    to.endUs = gop.endUs
    to.endWallMs = clocks.wallClockMs
    const input = {
      ...clocks,
      gop: ontoRecording(gop, taken, to.baseUs),
      video: track,
      audio: soundTrack,
      audioOn: taken.length > 0,
      preEvent,
      positions: during.map(positionOf),
    }
    engine.media(to.id, input).then(
      () => events.onSegment(to.id, clocks.wallClockMs),
      (error: unknown) => failed(to, error),
    )
    writeDrops(to, gop.endUs)
  }
  /** Frames that were left out: the ones around them last longer on the time line, so no time is missing from it. */
  const writeDrops = (to: Current, untilUs: number): void => {
    const dropped = drops.take(untilUs)
    if (dropped !== null) {
      const fromMs = wallAt(dropped.fromUs / 1000)
      const toMs = wallAt(dropped.toUs / 1000) + frameMs
      const input = {
        ...clocksAt(untilUs),
        reason: 'overload' as const,
        fromMs,
        toMs,
        missingMs: dropped.count * frameMs,
      }
      engine.gap(to.id, input).catch(() => undefined)
      events.onOverload(dropped.count)
    }
  }
  const writeGap = (to: Current, untilUs: number): void => {
    const until = clocksAt(untilUs)
    const missingMs = (untilUs - to.endUs) / 1000
    const reason = to.gapCause ?? cause ?? 'unknown'
    to.gapCause = null
    const input = { ...until, reason, fromMs: to.endWallMs, toMs: until.wallClockMs, missingMs }
    to.endUs = untilUs
    to.endWallMs = until.wallClockMs
    to.interrupted = false
    engine.gap(to.id, input).catch((error: unknown) => failed(to, error))
  }
  const failed = (to: Current, error: unknown): void => {
    const code = error instanceof Error && 'code' in error ? error.code : 'failed'
    const reason = code === 'storage-full' ? 'storage-full' : code === 'camera-changed' ? 'camera-lost' : null
    // anything else is one segment that was not kept: the recording goes on, and the screen follows the disk
    if (current === to && reason !== null) {
      void finish(to, reason).then(() => events.onStopped(to.id, reason))
    }
  }
  const finish = async (to: Current, reason: StopReason): Promise<void> => {
    current = null
    sound?.dispose()
    sound = null
    samples = []
    await engine.stop(to.id, reason, clocksAt(performance.now() * 1000)).catch(() => undefined)
  }

  const openNow = async (): Promise<void> => {
    if (settings === null) {
      return
    }
    closeCamera()
    const opened = await openCamera(settings, track)
    if ('problem' in opened) {
      events.onCamera(null, opened.problem)
      return
    }
    stream = opened.stream
    startVideo(opened.input, opened.config, settings.segmentSeconds)
    events.onCamera(opened.stream, null)
  }
  const startVideo = (input: MediaStreamVideoTrack, config: VideoEncoderConfig, segmentSeconds: number): void => {
    input.onmute = () => interrupt(document.hidden ? 'background' : 'call')
    input.onunmute = () => video?.requestKeyFrame()
    input.onended = () => interrupt(document.hidden ? 'background' : 'camera-lost')
    video = captureVideo(input, config, segmentSeconds, {
      onTrack: (next) => {
        track = next
        void engine.tracks({ video: next, audio: soundTrack })
      },
      onFrame: (frame) => {
        if (frame.atUs - lastFrameUs > silenceUs) {
          collector.close(lastFrameUs + 33_000)
          if (current !== null) {
            current.gapCause = cause
          }
        }
        lastFrameUs = frame.atUs
        collector.add(frame)
        offer(frame.data, { key: frame.key, audio: false, timestampUs: frame.atUs, durationUs: 33_333 })
      },
      // before the touch nothing is promised of every frame
      onDropped: (atUs) => current !== null && drops.add(atUs),
      onError: () => {
        interrupt('encoder-failed')
        closeCamera()
      },
    })
  }
  /** The same camera in another coding. Only between recordings: each keeps the size and coding it began with. */
  const recode = async (shape: Size | null): Promise<void> => {
    const input = stream?.getVideoTracks()[0]
    if (settings === null || input === undefined || current !== null || recoding) {
      return
    }
    recoding = true
    const config = await configOf(shape ?? shapeOf(input, settings), settings).finally(() => {
      recoding = false
    })
    if (config !== null && current === null) {
      video?.dispose()
      collector.close(lastFrameUs + 33_000)
      // what is in memory is of the other coding, and could not stand in one recording with what follows
      ring = createRing(settings.preEventSeconds)
      track = null
      startVideo(input, config, settings.segmentSeconds)
    }
  }
  const closeCamera = (): void => {
    video?.dispose()
    video = null
    closeStream(stream)
    stream = null
  }
  const interrupt = (why: GapReason): void => {
    cause ??= why
  }
  const offer = (payload: Uint8Array, about: Omit<LiveMessage, 'payload' | 'config'>): void => {
    if (streams && current?.baseUs != null) {
      const timestampUs = about.timestampUs - current.baseUs
      if (timestampUs >= 0) {
        void engine.chunk({ ...about, config: false, timestampUs, payload })
      }
    }
  }
  const openSound = async (to: Current): Promise<void> => {
    try {
      const opened = await captureSound({
        onSample: (sample) => {
          samples.push(sample)
          offer(sample.data, {
            key: false,
            audio: true,
            timestampUs: sample.timestampUs,
            durationUs: sample.durationUs,
          })
        },
        onEnd: () => events.onSound(false),
      })
      if (current === to) {
        sound = opened
        events.onSound(true)
      } else {
        opened.dispose()
      }
    } catch {
      events.onSound(false)
    }
  }

  return {
    prepare: async (next) => {
      full = next
      settings = next
      ring = createRing(next.preEventSeconds)
      await openNow()
    },
    start: (recording, sos) => {
      const nowUs = performance.now() * 1000
      const mine: Current = {
        id: recording,
        touchUs: nowUs,
        baseUs: null,
        gapCause: null,
        endUs: nowUs,
        endWallMs: Date.now(),
        interrupted: false,
      }
      // the group that is open ends with the key frame asked for here, and goes with those before the touch
      video?.requestKeyFrame()
      void engine.open(recording, Date.now(), sos).catch((error: unknown) => failed(mine, error))
      for (const gop of ring.take()) {
        write(mine, gop, true)
      }
      current = mine
      void openSound(mine)
    },
    stop: async (reason) => {
      const mine = current
      if (mine === null) {
        return
      }
      await video?.flush().catch(() => undefined)
      collector.close(lastFrameUs + 33_000)
      if (current === mine) {
        const nowUs = performance.now() * 1000
        if (nowUs - mine.endUs > silenceUs) {
          writeGap(mine, nowUs)
        }
        await finish(mine, reason)
      }
    },
    bufferedSeconds: () => ring.seconds(),
    requestKeyFrame: () => video?.requestKeyFrame(),
    stream: (wanted) => {
      streams = wanted
    },
    cause: (next) => {
      cause = next
    },
    fix: (fix) => {
      fixes = [...fixes.slice(-120), fix]
    },
    watch: () => {
      const nowUs = performance.now() * 1000
      const stepMs = clock.look()
      if (current !== null && stepMs !== null && cause === null && nowUs - lastFrameUs < silenceUs) {
        const clocks = clocksAt(nowUs)
        const fromMs = Math.min(clocks.wallClockMs, clocks.wallClockMs - stepMs)
        const input = { ...clocks, reason: 'clock-change' as const, fromMs, toMs: clocks.wallClockMs, missingMs: 0 }
        engine.gap(current.id, input).catch(() => undefined)
      }
      const turned = current === null ? (video?.turned() ?? null) : null
      if (turned !== null) {
        void recode(turned)
      }
      const gone = stream === null || stream.getVideoTracks().every((input) => input.readyState === 'ended')
      if (gone && current !== null) {
        interrupt('camera-lost')
      }
      const silent = lastFrameUs > 0 && nowUs - lastFrameUs > silenceUs
      if (silent) {
        // what was taken before the silence belongs on the disk now, not when the camera comes back
        collector.close(lastFrameUs + 33_000)
        if (current !== null && !current.interrupted) {
          current.interrupted = true
          events.onInterrupted(cause ?? (document.hidden ? 'background' : 'unknown'), wallAt(lastFrameUs / 1000 + 50))
        }
      } else if (!document.hidden) {
        cause = null
      }
      if (gone && settings !== null && !document.hidden && performance.now() > reopenAtMs) {
        reopenAtMs = performance.now() + 3000
        void openNow()
      }
    },
    turn: async (quality) => {
      if (full !== null) {
        settings = settingsFor(full, quality)
        await recode(null)
      }
    },
    reopen: () => {
      reopenAtMs = performance.now() + 3000
      void openNow()
    },
    dispose: () => {
      closeCamera()
      sound?.dispose()
    },
  }
}
