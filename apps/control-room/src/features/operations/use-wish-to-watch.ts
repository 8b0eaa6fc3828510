import type { Alarm, Unit } from '@sereno/contracts'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { Dock } from './dock.ts'
import { watchUnit } from './watch-unit.ts'

/**
 * `?watch=true` in the address: an SOS opens position and picture at once, because the purpose is known and nobody has to
 * type it; a unit takes its seat and the purpose is asked. The wish is taken out of the address once it was heard.
 */
export function useWishToWatch(dock: Dock, alarm: Alarm | undefined, unit: Unit | undefined): void {
  const search = useSearch({ from: '/' })
  const navigate = useNavigate({ from: '/' })
  useEffect(() => {
    if (search.watch !== true) {
      return
    }
    if (search.unit !== undefined && unit !== undefined) {
      watchUnit(dock, unit, alarm)
    } else if (alarm !== undefined) {
      if (alarm.device !== null && alarm.kind === 'sos') {
        const name = `${alarm.officer?.code ?? ''} ${alarm.officer?.name ?? ''}`.trim()
        dock.ask(alarm.device, name, 'sos', `SOS ${alarm.number}`)
      }
    } else {
      // not known yet: the room's first message is still under way
      return
    }
    const { watch: _, ...rest } = search
    void navigate({ search: rest, replace: true })
  }, [search, alarm, unit, dock, navigate])
}
