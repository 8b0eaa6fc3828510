import type { Alarm, Unit } from '@sereno/contracts'
import type { Dock } from './dock.ts'

/** Opens a unit's picture; for its open SOS the purpose is the SOS itself, otherwise it is asked first. */
export function watchUnit(dock: Dock, unit: Unit, alarm: Alarm | undefined): void {
  const isSos = alarm?.kind === 'sos' && alarm.closedAt === null && alarm.device === unit.device
  const name = `${unit.officer.code} ${unit.officer.name}`
  if (isSos) {
    dock.ask(unit.device, name, 'sos', `SOS ${alarm.number}`)
  } else {
    dock.ask(unit.device, name, null)
  }
}
