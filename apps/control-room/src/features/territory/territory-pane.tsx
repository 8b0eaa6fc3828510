import { Button } from '@sereno/ui'
import { type ReactElement, useState } from 'react'
import page from '../../shell/page.module.css'
import { AreaForm } from './area-form.tsx'
import { areasOf, type Ground, putPlace } from './ground.ts'
import { PlaceForm } from './place-form.tsx'
import css from './territory.module.css'
import { useTerritoryText } from './text.ts'

type PaneProps = {
  readonly ground: Ground
  readonly chosen: string | null
  readonly moving: string | null
  readonly onChoose: (id: string | null) => void
  readonly onMove: (place: string | null) => void
  readonly onChange: (next: Ground) => void
}

const tabs = ['district', 'sector', 'quadrant', 'place', 'no-record'] as const
type Tab = (typeof tabs)[number]
type Row = { readonly id: string; readonly code: string; readonly name: string }

function rowsOf(ground: Ground, tab: Tab): readonly Row[] {
  const byCode = (one: Row, other: Row): number =>
    `${one.code} ${one.name}`.localeCompare(`${other.code} ${other.name}`, 'es', { numeric: true })
  const rows =
    tab === 'place'
      ? ground.places.map(({ id, name }) => ({ id, name, code: '' }))
      : tab === 'no-record'
        ? ground.zones.map(({ id, name }) => ({ id, name, code: '' }))
        : areasOf(ground, tab)
  return [...rows].sort(byCode)
}

const tabOf = (ground: Ground, id: string | null): Tab | null =>
  ground.areas.find((area) => area.id === id)?.kind ??
  (ground.places.some((place) => place.id === id)
    ? 'place'
    : ground.zones.some((zone) => zone.id === id)
      ? 'no-record'
      : null)

/** Everything of the draft by kind, and the form of what is chosen. All that the map does can be done here. */
export function TerritoryPane({ ground, chosen, moving, onChoose, onMove, onChange }: PaneProps): ReactElement {
  const text = useTerritoryText()
  const [looked, setLooked] = useState<Tab>('sector')
  const tab = tabOf(ground, chosen) ?? looked
  const rows = rowsOf(ground, tab)
  const place = ground.places.find(({ id }) => id === chosen)
  const area = ground.areas.find(({ id }) => id === chosen) ?? ground.zones.find(({ id }) => id === chosen)
  const look = (next: Tab): void => {
    setLooked(next)
    onChoose(null)
  }
  const addPlace = (): void => {
    const [longitude, latitude] = ground.areas[0]?.shape.coordinates[0]?.[0] ?? [-77.03, -12.05]
    const id = crypto.randomUUID()
    onChange(
      putPlace(ground, { id, kind: 'other', name: `${text.placeKinds.other} ${rows.length + 1}`, longitude, latitude }),
    )
    onChoose(id)
    onMove(id)
  }
  return (
    <aside className={`${page.pane} ${css.pane}`} aria-label={text.title} data-region="territory">
      <nav className={`${page.tabs} ${css.tabs}`} aria-label={text.kind}>
        {tabs.map((name) => (
          <button key={name} type="button" aria-pressed={tab === name} onClick={() => look(name)}>
            {text.tabs[name]} <small>{rowsOf(ground, name).length}</small>
          </button>
        ))}
      </nav>
      {rows.length === 0 ? <p className={page.soft}>{text.none[tab]}</p> : null}
      <ul className={css.list}>
        {rows.map(({ id, code, name }) => (
          <li key={id}>
            <button type="button" aria-pressed={id === chosen} onClick={() => onChoose(id === chosen ? null : id)}>
              {code === '' ? null : <b>{code}</b>} {name}
            </button>
          </li>
        ))}
      </ul>
      {tab === 'place' ? (
        <div>
          <Button onPress={addPlace}>{text.addPlace}</Button>
        </div>
      ) : null}
      {place !== undefined ? (
        <PlaceForm
          key={`${place.id} ${place.longitude} ${place.latitude}`}
          place={place}
          moving={moving === place.id}
          onMove={onMove}
          ground={ground}
          onChange={onChange}
        />
      ) : area !== undefined ? (
        <AreaForm key={area.id} area={area} ground={ground} onChange={onChange} onChoose={onChoose} />
      ) : rows.length > 0 ? (
        <p className={page.soft}>{text.choose}</p>
      ) : null}
      <p className={page.faint}>{text.streets(ground.lines.length)}</p>
    </aside>
  )
}
