import { duration, timeOfDay } from '@sereno/text'
import { Icon, useLanguage } from '@sereno/ui'
import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react'
import type { RecordingFile } from '../../../api/api.ts'
import { useTimeZone } from '../../../shell/session.ts'
import { Watermark } from '../../../shell/watermark.tsx'
import { clipsOf, mountClips } from '../../intake/clips.ts'
import { shownWords, useRecordingFiles } from '../../intake/recording-files.tsx'
import { useIntakeText } from '../../intake/text.ts'
import { type Axis, holesOf } from './axis.ts'
import { mountPicture } from './picture.ts'
import type { Playback } from './playback.ts'
import css from './screen.module.css'
import type { SoundCurve } from './sound.ts'
import { usePlayerText } from './text.ts'
import type { Looking } from './use-look.ts'
import { usePosition } from './use-position.ts'
import { useViewer } from './viewer.ts'

type ScreenProps = {
  readonly file: RecordingFile
  readonly axis: Axis
  readonly playback: Playback
  readonly sound: SoundCurve
  readonly look: Looking
}
const aheadMs = 10_000

/** The picture, only while a look is open, always under the viewer's name. */
export function Screen({ file, axis, playback, sound, look }: ScreenProps): ReactElement {
  const text = usePlayerText()
  const video = useRef<HTMLVideoElement | null>(null)
  const [broken, setBroken] = useState(false)
  const playlist = look.look?.playlist
  const lookId = look.look?.look
  const whole = file.recording.shape === 'files'
  const { filesName, looksAt } = useViewer()
  const files = useRecordingFiles(file.recording.id, whole && lookId !== undefined, filesName)
  const clips = useMemo(
    () => (whole && lookId !== undefined && files !== undefined ? clipsOf(looksAt, lookId, files) : null),
    [whole, lookId, files, looksAt],
  )
  const words = useIntakeText().files
  useEffect(() => {
    if (video.current === null || playlist === undefined || (whole && clips === null)) {
      return
    }
    setBroken(false)
    const detach = playback.attach(video.current)
    if (clips !== null) {
      const unmountClips = mountClips(video.current, clips, playback, playback.positionMs.get(), () => setBroken(true))
      return () => {
        unmountClips()
        detach()
      }
    }
    const unmount = mountPicture({
      video: video.current,
      playlist,
      startMs: playback.positionMs.get(),
      sound,
      onBroken: () => setBroken(true),
    })
    return () => {
      unmount()
      detach()
    }
  }, [playlist, playback, sound, whole, clips])
  const { recording } = file
  if (look.look === null || recording.destroyed) {
    return (
      <div className={css.screen}>
        <div className={css.closed}>
          <Icon name={recording.destroyed ? 'denied' : 'eye'} size="l" />
          <b>{text.closed}</b>
          <p>
            {recording.destroyed
              ? text.destroyed
              : recording.segments === 0
                ? text.empty
                : look.lapsed
                  ? text.lapsed
                  : text.closedWhy}
          </p>
        </div>
      </div>
    )
  }
  return (
    <div className={css.screen}>
      {/* biome-ignore lint/a11y/useMediaCaption: field footage has no captions */}
      <video ref={video} playsInline onClick={playback.toggle} aria-label={text.recording(recording.code)} />
      <Watermark words={look.look.watermark} />
      <span className={`${css.plate} ${css.topStart}`}>{text.original}</span>
      <HoleWarning axis={axis} playback={playback} />
      <Stamp axis={axis} playback={playback} words={`${recording.device.code} · ${recording.officer?.code ?? ''}`} />
      {clips?.length === 0 ? (
        <div className={css.closed}>
          <b>{words.nothing}</b>
          {files?.map((one) => (
            <p key={one.sequence}>
              {one.name}: {shownWords(words, one)}
            </p>
          ))}
        </div>
      ) : null}
      {broken && clips?.length !== 0 ? (
        <div className={css.closed}>
          <b>{text.broken}</b>
          <p>{text.brokenWhy}</p>
        </div>
      ) : null}
    </div>
  )
}

/** A hole is said before it comes and while it lasts. */
function HoleWarning({ axis, playback }: { readonly axis: Axis; readonly playback: Playback }): ReactElement | null {
  const text = usePlayerText()
  const second = usePosition(playback, 1000) * 1000
  const hole = holesOf(axis.boxes).find(
    ({ startMs, durationMs }) => second < startMs + durationMs && second > startMs - aheadMs,
  )
  if (hole === undefined) {
    return null
  }
  const explained = hole.state === 'known' ? text.explained : text.unexplained
  const inside = second >= hole.startMs
  return (
    <span className={`${css.plate} ${css.topEnd} ${css.warn}`} role="status">
      <Icon name="warning" size="s" />
      {inside ? text.inGap(duration(hole.durationMs)) : text.gapAhead(duration(hole.startMs - second))}, {explained}
    </span>
  )
}

/** Wall-clock time of the frame on the screen. */
function Stamp({
  axis,
  playback,
  words,
}: {
  readonly axis: Axis
  readonly playback: Playback
  readonly words: string
}): ReactElement {
  const zone = useTimeZone()
  const language = useLanguage()
  const second = usePosition(playback, 1000)
  return (
    <span className={`${css.plate} ${css.bottomStart}`}>
      {timeOfDay(axis.startedAt + second * 1000, zone, language)} · {words}
    </span>
  )
}
