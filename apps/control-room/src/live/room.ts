import type { Alarm, Fix, RoomMessage, Unit } from '@sereno/contracts'
import { liveValue } from '@sereno/ui'

/**
 * The room as it moves. Units and alarms that React lists are replaced as whole arrays, at most four times a second;
 * positions never touch React: whoever draws reads `fixes` once a frame when `positionsMoved` says so.
 */
export type Room = {
  readonly units: ReturnType<typeof liveValue<readonly Unit[]>>
  readonly alarms: ReturnType<typeof liveValue<readonly Alarm[]>>
  readonly checkpointAt: ReturnType<typeof liveValue<number | null>>
  readonly known: ReturnType<typeof liveValue<boolean>>
  readonly fixes: ReadonlyMap<string, Fix>
  readonly onPositions: (listener: () => void) => () => void
  readonly receive: (message: RoomMessage) => void
  /** An alarm the server answered with, shown before the socket repeats it. */
  readonly putAlarm: (alarm: Alarm) => void
}

export function createRoom(told: (topics: readonly string[]) => void, schedule: (run: () => void) => void): Room {
  const units = liveValue<readonly Unit[]>([])
  const alarms = liveValue<readonly Alarm[]>([])
  const checkpointAt = liveValue<number | null>(null)
  const known = liveValue(false)
  const unitById = new Map<string, Unit>()
  const alarmById = new Map<string, Alarm>()
  const fixes = new Map<string, Fix>()
  const listeners = new Set<() => void>()
  let waiting = false

  function moved(): void {
    for (const listener of listeners) {
      listener()
    }
  }

  /** Many messages, one render. */
  function listsChanged(): void {
    if (waiting) {
      return
    }
    waiting = true
    schedule(() => {
      waiting = false
      units.set(
        [...unitById.values()].sort((a, b) => a.officer.code.localeCompare(b.officer.code, 'es', { numeric: true })),
      )
      alarms.set([...alarmById.values()])
    })
  }

  function putUnit(unit: Unit): void {
    unitById.set(unit.device, unit)
    const fix = fixes.get(unit.device)
    if (unit.fix !== null && (fix === undefined || unit.fix.atMs >= fix.atMs)) {
      fixes.set(unit.device, unit.fix)
    }
  }

  function snapshot(message: Extract<RoomMessage, { type: 'snapshot' }>): void {
    unitById.clear()
    alarmById.clear()
    fixes.clear()
    message.units.forEach(putUnit)
    for (const alarm of message.alarms) {
      alarmById.set(alarm.id, alarm)
    }
    known.set(true)
    listsChanged()
    moved()
  }

  function receive(message: RoomMessage): void {
    switch (message.type) {
      case 'snapshot':
        snapshot(message)
        break
      case 'positions':
        for (const { device, fix } of message.fixes) {
          fixes.set(device, fix)
        }
        moved()
        break
      case 'unit':
        putUnit(message.unit)
        listsChanged()
        moved()
        break
      case 'unit-gone':
        unitById.delete(message.device)
        fixes.delete(message.device)
        listsChanged()
        moved()
        break
      case 'alarm':
        alarmById.set(message.alarm.id, message.alarm)
        listsChanged()
        break
      case 'changed':
        told(message.topics)
        break
      case 'tick':
        checkpointAt.set(message.checkpointAt)
        break
      case 'session-ended':
        told(['session'])
        break
    }
  }

  return {
    units,
    alarms,
    checkpointAt,
    known,
    fixes,
    receive,
    onPositions: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    putAlarm: (alarm) => {
      alarmById.set(alarm.id, alarm)
      listsChanged()
    },
  }
}
