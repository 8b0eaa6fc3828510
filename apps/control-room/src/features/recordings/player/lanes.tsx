import { hourAndMinute, stopwatch, timeOfDay } from '@sereno/text'
import { useLanguage } from '@sereno/ui'
import { type KeyboardEvent, type PointerEvent, type ReactElement, useEffect, useRef } from 'react'
import type { RecordingFile } from '../../../api/api.ts'
import { useTimeZone } from '../../../shell/session.ts'
import { type Axis, share, ticksOf } from './axis.ts'
import css from './lanes.module.css'
import { Lens } from './lens.tsx'
import { MarkLane } from './mark-lane.tsx'
import type { Playback } from './playback.ts'
import { SegmentLane } from './segment-lane.tsx'
import type { SoundCurve } from './sound.ts'
import { SoundLane } from './sound-lane.tsx'
import { SpeedLane } from './speed-lane.tsx'
import { Tally } from './tally.tsx'
import { usePlayerText } from './text.ts'

type LanesProps = {
  readonly file: RecordingFile
  readonly axis: Axis
  readonly playback: Playback
  readonly sound: SoundCurve
}
const keySteps: Readonly<Record<string, number>> = {
  ArrowLeft: -1000,
  ArrowRight: 1000,
  PageUp: -30_000,
  PageDown: 30_000,
}

/** One axis, one playhead through every lane: a missing second is missing in the same place everywhere. */
export function Lanes({ file, axis, playback, sound }: LanesProps): ReactElement {
  const text = usePlayerText().lanes
  const language = useLanguage()
  const zone = useTimeZone()
  const lanes = useRef<HTMLElement | null>(null)
  const slider = useRef<HTMLDivElement | null>(null)
  useEffect(() => {
    const place = (): void => {
      const ms = playback.positionMs.get()
      lanes.current?.style.setProperty('--at', String(share(axis, ms)))
      slider.current?.setAttribute('aria-valuenow', String(Math.round(ms / 1000)))
      slider.current?.setAttribute(
        'aria-valuetext',
        `${timeOfDay(axis.startedAt + ms, zone, language)}, ${stopwatch(ms)}`,
      )
    }
    place()
    return playback.positionMs.subscribe(place)
  }, [axis, playback, zone, language])
  const seekTo = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect()
    playback.seek(((event.clientX - box.left) / box.width) * axis.lengthMs)
  }
  const press = (event: KeyboardEvent): void => {
    const step = keySteps[event.key]
    const to =
      event.key === 'Home'
        ? 0
        : event.key === 'End'
          ? axis.lengthMs
          : step === undefined
            ? null
            : playback.positionMs.get() + step
    if (to !== null) {
      event.preventDefault()
      playback.seek(to)
    }
  }
  return (
    <section ref={lanes} className={css.lanes} aria-label={text.label} data-region="lanes">
      <div className={css.axis}>
        <MarkLane file={file} axis={axis} playback={playback} />
        <SegmentLane axis={axis} />
        <SoundLane axis={axis} sound={sound} />
        <SpeedLane axis={axis} track={file.track} />
        <div className={css.hours} aria-hidden="true">
          <span />
          <ol>
            {ticksOf(axis).map((at) => (
              <li key={at} style={{ insetInlineStart: `${share(axis, at - axis.startedAt) * 100}%` }}>
                {axis.lengthMs < 240_000 ? timeOfDay(at, zone, language) : hourAndMinute(at, zone, language)}
              </li>
            ))}
          </ol>
        </div>
        <div
          ref={slider}
          className={css.seek}
          role="slider"
          tabIndex={0}
          aria-label={text.seek}
          aria-valuemin={0}
          aria-valuemax={Math.round(axis.lengthMs / 1000)}
          aria-valuenow={0}
          onKeyDown={press}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId)
            seekTo(event)
          }}
          onPointerMove={(event) => event.buttons === 1 && seekTo(event)}
        />
        <div className={css.playhead} aria-hidden="true" />
      </div>
      <Lens axis={axis} playback={playback} />
      <Tally boxes={axis.boxes} />
    </section>
  )
}
