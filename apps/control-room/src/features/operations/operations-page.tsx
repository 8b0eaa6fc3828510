import { now, useLive } from '@sereno/ui'
import { Navigate, useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactElement, useEffect, useState } from 'react'
import { sectionsFor } from '../../shell/sections.ts'
import { useSession } from '../../shell/session.ts'
import { useKeys } from '../../shell/use-keys.ts'
import { AlarmContext } from './alarm-context.tsx'
import { createDock, type Dock } from './dock.ts'
import { DockRegion } from './dock-region.tsx'
import { MapRegion } from './map-region.tsx'
import css from './operations.module.css'
import { PurposeForm } from './purpose-form.tsx'
import { queueOf } from './queue.ts'
import { QueueRegion } from './queue-region.tsx'
import { keepTable, turnTable } from './search.ts'
import { ShiftContext } from './shift-context.tsx'
import { useOperationsText } from './text.ts'
import { UnitContext } from './unit-context.tsx'
import { useWishToWatch } from './use-wish-to-watch.ts'
import { watchUnit } from './watch-unit.ts'

/** One screen answers: what is happening, where, who is going, what do they see. */
export function OperationsPage(): ReactElement | null {
  const [dock, setDock] = useState<Dock | null>(null)
  const { permissions } = useSession().me
  const elsewhere = permissions.includes('unit.read') ? null : (sectionsFor(permissions)[0]?.to ?? '/settings')
  useEffect(() => {
    const made = createDock(now)
    setDock(made)
    return made.dispose
  }, [])
  if (elsewhere !== null) {
    return <Navigate to={elsewhere} replace />
  }
  return dock === null ? null : <Operations dock={dock} />
}

function Operations({ dock }: { readonly dock: Dock }): ReactElement {
  const text = useOperationsText()
  const search = useSearch({ from: '/' })
  const navigate = useNavigate({ from: '/' })
  const { room } = useSession().live
  const units = useLive(room.units)
  const alarms = useLive(room.alarms)
  const tiles = useLive(dock.tiles)
  const alarm = alarms.find(({ id }) => id === search.alarm)
  const unit = units.find(({ device }) => device === (search.unit ?? alarm?.device))
  const asking = tiles.find((tile) => tile.purpose === null)

  useWishToWatch(dock, alarm, unit)

  const choose = (step: number): void => {
    const { waiting, running } = queueOf(alarms)
    const all = [...waiting, ...running]
    const here = all.findIndex(({ id }) => id === search.alarm)
    const next = all[here < 0 ? 0 : (here + step + all.length) % all.length]
    if (next !== undefined) {
      void navigate({ search: (old) => ({ ...keepTable(old), alarm: next.id }) })
    }
  }
  const focusTile = (seat: number): void => dock.focused.set(tiles[seat]?.device ?? null)
  useKeys('operations', {
    next: () => choose(1),
    previous: () => choose(-1),
    table: () => void navigate({ search: turnTable }),
    watch: () => unit !== undefined && watchUnit(dock, unit, alarm),
    sound: () => {
      const device = dock.focused.get() ?? tiles[0]?.device
      if (device !== undefined) {
        dock.hear(device)
      }
    },
    tile1: () => focusTile(0),
    tile2: () => focusTile(1),
    tile3: () => focusTile(2),
    tile4: () => focusTile(3),
  })
  return (
    <div className={css.room}>
      <QueueRegion current={search.alarm ?? null} />
      <MapRegion
        selected={unit?.device ?? null}
        focus={search.alarm ?? search.unit ?? null}
        table={search.table === true}
      />
      <DockRegion dock={dock} />
      <aside className={css.context} aria-label={text.context.label} data-region="context">
        {asking !== undefined ? (
          <PurposeForm tile={asking} dock={dock} />
        ) : alarm !== undefined ? (
          <AlarmContext key={alarm.id} alarm={alarm} unit={unit} dock={dock} />
        ) : search.unit !== undefined ? (
          <UnitContext unit={unit} dock={dock} />
        ) : (
          <ShiftContext />
        )}
      </aside>
    </div>
  )
}
