import { Kbd, useLive } from '@sereno/ui'
import type { ReactElement } from 'react'
import { useSession } from '../../shell/session.ts'
import css from './dock.module.css'
import type { Dock } from './dock.ts'
import { LiveTile } from './live-tile.tsx'
import roomCss from './operations.module.css'
import { useOperationsText } from './text.ts'

/** Up to four pictures. The first seat, or the one whose digit was pressed, is the largest. */
export function DockRegion({ dock }: { readonly dock: Dock }): ReactElement {
  const text = useOperationsText().dock
  const { live } = useSession()
  const tiles = useLive(dock.tiles)
  const focused = useLive(dock.focused)
  const units = useLive(live.room.units)
  const offline = useLive(live.connection.line).state === 'lost'
  return (
    <section className={roomCss.dock} aria-label={text.label} data-region="dock">
      <div className={roomCss.head}>
        <h2>{text.label}</h2>
        <span>{tiles.length === 0 ? text.none : offline ? text.last : text.open(tiles.length)}</span>
        <span />
      </div>
      {tiles.length === 0 ? (
        <div className={css.quiet}>
          <p className={css.word}>{text.quiet}</p>
          <p>
            {text.quietWhy} <Kbd keys="V" />. {text.quietSos} <Kbd keys="1" />.
          </p>
        </div>
      ) : (
        <div
          className={css.tiles}
          data-large={Math.max(
            0,
            tiles.findIndex(({ device }) => device === focused),
          )}
        >
          {tiles.map((tile, index) => (
            <LiveTile
              key={tile.device}
              tile={tile}
              seat={index + 1}
              dock={dock}
              focused={(focused ?? tiles[0]?.device) === tile.device}
              unit={units.find(({ device }) => device === tile.device)}
            />
          ))}
        </div>
      )}
    </section>
  )
}
