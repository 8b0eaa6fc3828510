import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { type ReactElement, useEffect, useMemo, useState } from 'react'
import type { RecordingFile } from '../../../api/api.ts'
import { Failure } from '../../../api/failure.tsx'
import { asked } from '../../../api/queries.ts'
import page from '../../../shell/page.module.css'
import { useKeys } from '../../../shell/use-keys.ts'
import { axisOf, holesOf, markMs, nextOf } from './axis.ts'
import { FileColumn } from './file-column.tsx'
import { Lanes } from './lanes.tsx'
import { createPlayback } from './playback.ts'
import css from './recording-page.module.css'
import { Screen } from './screen.tsx'
import { createSound } from './sound.ts'
import { usePlayerText } from './text.ts'
import { TitleLine } from './title-line.tsx'
import { TrackFigure } from './track-figure.tsx'
import { Transport } from './transport.tsx'
import { useLook } from './use-look.ts'

const arrivingMs = 5_000

/** One recording: left what happened on one axis, right who may look and who has looked. */
export function RecordingPage(): ReactElement {
  const text = usePlayerText()
  const { id } = useParams({ from: '/recordings/$id' })
  const file = useQuery({
    ...asked('GET /recordings/:id', { params: { id } }),
    refetchInterval: ({ state }) => (state.data?.recording.state === 'receiving' ? arrivingMs : false),
  })
  if (file.data === undefined) {
    return (
      <main className={page.notice}>
        <p>{file.error === null ? `${text.loading}…` : null}</p>
        <Failure error={file.error} />
      </main>
    )
  }
  return <Player key={id} file={file.data} />
}

/** The player of one recording, whoever looks: see `viewer.ts`. */
export function Player({ file }: { readonly file: RecordingFile }): ReactElement {
  const { recording, segments, markers, track } = file
  const [playback] = useState(createPlayback)
  const [sound] = useState(createSound)
  const [dialog, setDialog] = useState<string | null>(null)
  const look = useLook(recording.id)
  const axis = useMemo(() => axisOf(recording, segments), [recording, segments])
  useEffect(() => playback.setLength(axis.lengthMs), [playback, axis])
  const jump = (instants: readonly number[], step: -1 | 1): void => {
    const to = nextOf(instants, playback.positionMs.get(), step)
    if (to !== null) {
      playback.seek(to)
    }
  }
  const marks = markers.map((marker) => markMs(axis, marker))
  const may = (what: string): boolean => recording.may.includes(what)
  useKeys('recording', {
    play: playback.toggle,
    back: () => playback.seek(playback.positionMs.get() - 2000),
    forward: () => playback.seek(playback.positionMs.get() + 2000),
    frameBack: () => playback.step(-1),
    frameForward: () => playback.step(1),
    markBack: () => jump([0, ...marks], -1),
    markForward: () => jump(marks, 1),
    gap: () =>
      jump(
        holesOf(segments).map(({ startMs }) => Math.max(0, startMs - 1000)),
        1,
      ),
    slower: () => playback.turnRate(-1),
    faster: () => playback.turnRate(1),
    export: () => may('recording.export') && setDialog('export'),
    mark: () => may('recording.mark') && setDialog('mark'),
    verify: () => window.open('/verify', '_blank', 'noopener'),
  })
  return (
    <div className={css.evidence}>
      <main className={css.player} data-region="player">
        <TitleLine recording={recording} />
        <div className={css.stage}>
          <Screen file={file} axis={axis} playback={playback} sound={sound} look={look} />
          <TrackFigure track={track} markers={markers} axis={axis} playback={playback} />
        </div>
        <Transport axis={axis} playback={playback} enabled={look.look !== null} />
        <Lanes file={file} axis={axis} playback={playback} sound={sound} />
      </main>
      <FileColumn file={file} axis={axis} playback={playback} look={look} dialog={dialog} onDialog={setDialog} />
    </div>
  )
}
