import type { Unit } from '@sereno/contracts'
import { Age, Button, Countdown, Icon, Kbd } from '@sereno/ui'
import type { ReactElement } from 'react'
import { Failure } from '../../api/failure.tsx'
import css from './dock.module.css'
import type { Dock, Tile } from './dock.ts'
import { SoundButton } from './sound-button.tsx'
import { useOperationsText } from './text.ts'

type TileCaptionProps = {
  readonly tile: Tile
  readonly seat: number
  readonly dock: Dock
  readonly unit: Unit | undefined
  readonly purpose: string
  readonly focused: boolean
}
const nearEndMs = 60_000

/** Who watches, why, whether the officer knows, and until when. */
export function TileCaption({ tile, seat, dock, unit, purpose, focused }: TileCaptionProps): ReactElement {
  const text = useOperationsText().dock
  const { picture } = tile
  return (
    <figcaption className={css.caption}>
      <span className={css.name}>
        {focused ? null : <Kbd keys={String(seat)} />}
        <span>{focused ? '' : tile.name}</span>
        {tile.watch === null ? null : (
          <span className={css.left}>
            {text.remains} <Countdown to={tile.until} nearMs={nearEndMs} />
          </span>
        )}
        {tile.watch === null ? null : <SoundButton tile={tile} dock={dock} focused={focused} />}
        <button
          type="button"
          className={css.close}
          onClick={() => dock.close(tile.device)}
          aria-label={`${text.close}: ${tile.name}`}
        >
          <Icon name="close" size="s" />
        </button>
      </span>
      {tile.watch === null ? null : (
        <p>
          <Icon name="eye" size="s" /> {text.knows(purpose)}.
        </p>
      )}
      {picture.state === 'stale' ? <p>{text.back}</p> : null}
      {picture.state === 'asking' && unit?.status === 'away' ? (
        <p>
          {text.away} <Age at={unit.seenAt} bare />. {text.back}
        </p>
      ) : null}
      {picture.state === 'asking' && unit !== undefined && unit.status !== 'away' && unit.recording === null ? (
        <p>{text.notRecording}</p>
      ) : null}
      {picture.state === 'ended' ? (
        <div className={css.endedRow}>
          {tile.error === null ? (
            <p>
              {picture.reason === 'lapsed' ? text.lapsed : picture.reason === 'revoked' ? text.revoked : text.closed}
            </p>
          ) : (
            <Failure error={tile.error} />
          )}
          <Button onPress={() => tile.purpose !== null && void dock.open(tile.device, tile.purpose, tile.reference)}>
            {text.again}
          </Button>
        </div>
      ) : null}
      {tile.watch !== null && tile.until !== 0 ? <GoOn tile={tile} dock={dock} /> : null}
    </figcaption>
  )
}

/** Offered only near the end: going on is a deed. */
function GoOn({ tile, dock }: { readonly tile: Tile; readonly dock: Dock }): ReactElement {
  const text = useOperationsText().dock
  return (
    <span className={css.goOn}>
      <Button look="quiet" onPress={() => dock.goOn(tile.device)}>
        {text.goOn}
      </Button>
    </span>
  )
}
