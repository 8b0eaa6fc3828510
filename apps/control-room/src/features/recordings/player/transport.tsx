import { number, stopwatch, timeOfDay } from '@sereno/text'
import { Button, Kbd, useLanguage, useLive } from '@sereno/ui'
import type { ReactElement } from 'react'
import { keyPrint } from '../../../shell/keys.ts'
import { useTimeZone } from '../../../shell/session.ts'
import { type Axis, boxAt } from './axis.ts'
import type { Playback } from './playback.ts'
import { usePlayerText } from './text.ts'
import css from './transport.module.css'
import { usePosition } from './use-position.ts'

type TransportProps = { readonly axis: Axis; readonly playback: Playback; readonly enabled: boolean }

export function Transport({ axis, playback, enabled }: TransportProps): ReactElement {
  const text = usePlayerText()
  const language = useLanguage()
  const zone = useTimeZone()
  const playing = useLive(playback.playing)
  const rate = useLive(playback.rate)
  const at = usePosition(playback, 1000) * 1000
  const box = axis.boxes[boxAt(axis.boxes, at)]
  const last = axis.boxes.at(-1)
  return (
    <div className={css.transport} role="toolbar" aria-label={text.lanes.label}>
      <Button
        icon={playing ? 'pause' : 'play'}
        keys={keyPrint('play', language)}
        shortcut="Space"
        onPress={playback.toggle}
        disabled={!enabled}
      >
        {playing ? text.pause : text.play}
      </Button>
      <span className={css.time}>
        <b>{timeOfDay(axis.startedAt + at, zone, language)}</b> {text.of(stopwatch(at), stopwatch(axis.lengthMs))}
        {box === undefined || last === undefined
          ? null
          : ` · ${text.segmentOf(number(box.sequence, language), number(last.sequence, language))}`}
      </span>
      <span className={css.keys} aria-hidden="true">
        <Kbd keys="J" /> <Kbd keys="L" /> {text.keys.seek} <Kbd keys="," /> <Kbd keys="." /> {text.keys.frame}{' '}
        <Kbd keys="[" /> <Kbd keys="]" /> {text.keys.mark} <Kbd keys="H" /> {text.keys.gap}
      </span>
      <span className={css.rate}>
        <button type="button" onClick={() => playback.turnRate(-1)} aria-label={`${text.speed} −`}>
          −
        </button>
        <b>{number(rate, language, rate < 1 ? 2 : 0)}×</b>
        <button type="button" onClick={() => playback.turnRate(1)} aria-label={`${text.speed} +`}>
          +
        </button>
      </span>
    </div>
  )
}
