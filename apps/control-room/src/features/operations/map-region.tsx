import { timeOfDay } from '@sereno/text'
import { Icon, Kbd, useLanguage, useLive } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { lazy, type ReactElement, Suspense, useState } from 'react'
import { asked } from '../../api/queries.ts'
import { useSession, useTimeZone } from '../../shell/session.ts'
import { GroundNote } from './ground-note.tsx'
import { Legend } from './legend.tsx'
import css from './map-region.module.css'
import roomCss from './operations.module.css'
import { keepTable, turnTable } from './search.ts'
import { SectorCounts } from './sector-counts.tsx'
import { useOperationsText } from './text.ts'
import { UnitTable } from './unit-table.tsx'

const UnitMap = lazy(async () => ({ default: (await import('./unit-map.tsx')).UnitMap }))

type MapRegionProps = { readonly selected: string | null; readonly focus: string | null; readonly table: boolean }

/** The middle of the room: the map, or the same as a table (`L`), with what it shows said in its corners. */
export function MapRegion({ selected, focus, table }: MapRegionProps): ReactElement {
  const text = useOperationsText().map
  const language = useLanguage()
  const zone = useTimeZone()
  const { live, installation } = useSession()
  const line = useLive(live.connection.line)
  const units = useLive(live.room.units)
  const known = useLive(live.room.known)
  const navigate = useNavigate({ from: '/' })
  const territory = useQuery(asked('GET /territory', {}))
  const [drawable, setDrawable] = useState(true)
  const [scaleM, setScaleM] = useState<string | null>(null)
  const shown = units.filter(({ device }) => live.room.fixes.has(device)).length
  const turn = (): void => void navigate({ search: turnTable })
  const choose = (device: string | null): void =>
    void navigate({
      search: (old) => ({ ...keepTable(old), ...(device === null ? {} : { unit: device }) }),
    })
  if (table || !drawable) {
    return (
      <main className={`${roomCss.map} ${css.asTable}`} aria-label={text.label} data-region="map">
        {drawable ? null : <p className={css.note}>{text.noWebgl}</p>}
        <UnitTable
          units={units}
          selected={selected}
          onChoose={choose}
          onMap={turn}
          areas={territory.data?.areas ?? []}
        />
      </main>
    )
  }
  return (
    <main className={roomCss.map} aria-label={text.label} data-region="map">
      <Suspense fallback={null}>
        {territory.data === undefined ? null : (
          <UnitMap
            territory={territory.data}
            selected={selected}
            focus={focus}
            onChoose={choose}
            onBroken={() => setDrawable(false)}
            onScale={setScaleM}
          />
        )}
      </Suspense>
      <div className={`${css.corner} ${css.topStart}`}>
        {line.state === 'lost' ? (
          <>
            <h2>{text.lastKnown(timeOfDay(line.since, zone, language))}</h2>
            <span>{text.reach}</span>
          </>
        ) : known && units.length === 0 ? (
          <span className={css.wrap}>{text.empty}</span>
        ) : (
          <>
            <h2>{text.units}</h2>
            <span>{text.showing(shown)}</span>
          </>
        )}
      </div>
      {territory.data === undefined ? null : (
        <GroundNote
          territory={territory.data}
          hasTiles={installation.map.styleUrl !== null || installation.map.pmtilesUrl !== null}
        />
      )}
      <SectorCounts areas={territory.data?.areas ?? []} units={units} />
      <Legend units={units} offline={line.state === 'lost'} />
      <div className={`${css.corner} ${css.bottomEnd} ${css.spare}`}>
        <span className={css.scale}>
          <i aria-hidden="true" /> {scaleM ?? text.none} · {text.north} ·{' '}
          <button type="button" onClick={turn} aria-keyshortcuts="L">
            <Icon name="table" size="s" /> {text.table} <Kbd keys="L" />
          </button>
        </span>
      </div>
    </main>
  )
}
