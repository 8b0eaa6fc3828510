import type { Unit } from '@sereno/contracts'
import { duration, timeOfDay } from '@sereno/text'
import { Icon, Kbd, Stopwatch, useLanguage } from '@sereno/ui'
import type { ReactElement } from 'react'
import { useTimeZone } from '../../shell/session.ts'
import css from './dock.module.css'
import type { Tile } from './dock.ts'
import { useOperationsText } from './text.ts'

type TilePlatesProps = {
  readonly tile: Tile
  readonly seat: number
  readonly focused: boolean
  readonly unit: Unit | undefined
}

/** What is written on the picture, on plates that keep their night values by day. */
export function TilePlates({ tile, seat, focused, unit }: TilePlatesProps): ReactElement {
  const text = useOperationsText().dock
  const { picture } = tile
  return (
    <>
      {picture.state === 'live' ? (
        <span className={`${css.plate} ${css.topStart} ${css.live}`}>
          <Icon name="live" size="s" />
          <b>{text.live}</b>
          {picture.delayMs > 1000 ? ` ${text.delay(duration(picture.delayMs))}` : null}
        </span>
      ) : null}
      {focused && unit?.recordingSince != null ? (
        <span className={`${css.plate} ${css.topEnd}`}>
          <Icon name="record" size="s" tone="recording" />
          {text.records} <Stopwatch since={unit.recordingSince} />
        </span>
      ) : null}
      {focused ? (
        <span className={`${css.plate} ${css.bottomStart}`}>
          <Kbd keys={String(seat)} /> <b>{tile.name}</b>
        </span>
      ) : null}
      {picture.state === 'asking' || picture.state === 'answered' ? <Steps tile={tile} /> : null}
      {picture.state === 'stale' || picture.state === 'ended' ? <LastFrame at={picture.lastFrameAt} /> : null}
    </>
  )
}

/** Between asking and seeing: what has happened, what is awaited. */
function Steps({ tile }: { readonly tile: Tile }): ReactElement {
  const text = useOperationsText().dock
  const language = useLanguage()
  const zone = useTimeZone()
  const answered = tile.picture.state === 'answered'
  if (tile.purpose === null) {
    return (
      <ol className={css.steps}>
        <li data-now>
          <Icon name="now" size="s" /> {text.purposeFirst}
        </li>
      </ol>
    )
  }
  return (
    <ol className={css.steps}>
      <li>
        <Icon name="check" size="s" /> {text.asked}
        <b>{timeOfDay(tile.askedAt, zone, language)}</b>
      </li>
      <li data-later={!answered}>
        <Icon name={answered ? 'check' : 'later'} size="s" /> {text.answered}
      </li>
      <li data-now>
        <Icon name="now" size="s" /> {text.waiting}
        <b>
          <Stopwatch since={tile.askedAt} />
        </b>
      </li>
    </ol>
  )
}

/** Memory, not sight: how old the last frame is, as the biggest thing on it. */
function LastFrame({ at }: { readonly at: number | null }): ReactElement {
  const text = useOperationsText().dock
  const language = useLanguage()
  const zone = useTimeZone()
  return (
    <span className={css.lastFrame}>
      {at === null ? null : (
        <b>
          <Stopwatch since={at} />
        </b>
      )}
      {at === null ? text.noFrame : text.lastFrame(timeOfDay(at, zone, language))}
    </span>
  )
}
