import type { Unit } from '@sereno/contracts'
import type { ReactElement } from 'react'
import type { Area } from '../../api/api.ts'
import css from './map-region.module.css'
import { useOperationsText } from './text.ts'

/** Coverage as figures, not colours: units with signal whose quadrant lies in each sector. */
export function SectorCounts({
  areas,
  units,
}: {
  readonly areas: readonly Area[]
  readonly units: readonly Unit[]
}): ReactElement | null {
  const text = useOperationsText().map
  const sectors = areas.filter(({ kind }) => kind === 'sector')
  const sectorOf = new Map(areas.filter(({ kind }) => kind === 'quadrant').map(({ id, parent }) => [id, parent]))
  if (sectors.length === 0) {
    return null
  }
  const present = (sector: string): number =>
    units.filter(
      ({ quadrant, status }) => quadrant !== null && status !== 'away' && sectorOf.get(quadrant.id) === sector,
    ).length
  return (
    <ul className={`${css.corner} ${css.topEnd} ${css.sectors}`} aria-label={text.sectors}>
      {sectors.map(({ id, code, name }) => (
        <li key={id} title={name}>
          {code}
          <b>{present(id)}</b>
        </li>
      ))}
    </ul>
  )
}
