import type { Unit } from '@sereno/contracts'
import { names } from '@sereno/text'
import { now, useLanguage, useLive } from '@sereno/ui'
import { type ReactElement, useEffect, useRef } from 'react'
import { loudspeaker } from '../../live/loudspeaker.ts'
import { mountLivePlayer } from '../../live/player.ts'
import { createLiveSound, type LiveSound } from '../../live/sound.ts'
import { Watermark } from '../../shell/watermark.tsx'
import css from './dock.module.css'
import type { Dock, Tile } from './dock.ts'
import { useOperationsText } from './text.ts'
import { TileCaption } from './tile-caption.tsx'
import { TilePlates } from './tile-plates.tsx'

type LiveTileProps = {
  readonly tile: Tile
  readonly seat: number
  readonly dock: Dock
  readonly focused: boolean
  readonly unit: Unit | undefined
}

/** One picture: the engine draws on the canvas, words sit on solid plates, the last frame is memory and greyed. */
export function LiveTile({ tile, seat, dock, focused, unit }: LiveTileProps): ReactElement {
  const text = useOperationsText().dock
  const language = useLanguage()
  const canvas = useRef<HTMLCanvasElement | null>(null)
  const { device, picture } = tile
  const sound = useRef<LiveSound | null>(null)
  const watch = tile.watch?.id
  const heard = useLive(dock.heard) === device
  useEffect(() => {
    if (canvas.current === null || watch === undefined) {
      return
    }
    const ofWatch = createLiveSound({ output: loudspeaker, now, show: (shown) => dock.showSound(device, shown) })
    sound.current = ofWatch
    if (dock.heard.get() === device) {
      ofWatch.setMuted(false)
    }
    const player = mountLivePlayer({
      canvas: canvas.current,
      address: () => dock.address(device),
      show: (shown) => dock.show(device, shown),
      sound: ofWatch,
      now,
    })
    return player.dispose
  }, [watch, device, dock])
  useEffect(() => sound.current?.setMuted(!heard), [heard])
  const seen = picture.state === 'live' || picture.state === 'stale' || picture.state === 'ended'
  const stale = picture.state === 'stale' || picture.state === 'ended'
  return (
    <figure className={css.tile} data-focus={focused} data-stale={stale}>
      <div className={css.picture}>
        <canvas ref={canvas} role="img" aria-label={text.picture(tile.name)} hidden={!seen} />
        {tile.watch !== null && seen ? <Watermark words={tile.watch.watermark} small={!focused} /> : null}
        <TilePlates tile={tile} seat={seat} focused={focused} unit={unit} />
      </div>
      <TileCaption
        tile={tile}
        seat={seat}
        dock={dock}
        unit={unit}
        purpose={tile.purpose === null ? '' : names(language).purpose[tile.purpose]}
        focused={focused}
      />
    </figure>
  )
}
