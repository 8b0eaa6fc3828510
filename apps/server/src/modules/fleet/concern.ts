import type { EventMap } from '@sereno/contracts'
import type { DeviceHealth } from './fleet.ts'

export type Concern = EventMap['device.health']['concern']

/** What a device is remembered by between two reports of its health. */
export type Memory = {
  readonly concern: Concern
  /** Shortest queue since it last got shorter, and since when. */
  readonly queueLowest: number
  readonly queueSince: number | null
}
export type Judged = { readonly memory: Memory; readonly detail: string }

// Each limit has a lower way back, so that a value dancing on it does not ring the room each minute.
const batteryLow = { raisePercent: 15, clearPercent: 20 }
const storageLow = { raiseBytes: 1_000_000_000, clearBytes: 1_500_000_000 }
const clockOff = { raiseMs: 30_000, clearMs: 15_000 }
/** A queue that has not become shorter for so long, on a phone that reaches us and does not record, is stuck. */
const stuckAfterMs = 10 * 60_000

/** The one concern that a report of health raises, the gravest first; `none` when there is none. */
export function judgeHealth(health: DeviceHealth, before: Memory, nowMs: number): Judged {
  const queue = queueAfter(health, before, nowMs)
  const concern = gravest(health, before.concern, queue, nowMs)
  return { memory: { concern, ...queue }, detail: detailOf(concern, health) }
}

type Queue = Pick<Memory, 'queueLowest' | 'queueSince'>

function queueAfter(health: DeviceHealth, before: Memory, nowMs: number): Queue {
  if (health.queuedSegments === 0) {
    return { queueLowest: 0, queueSince: null }
  }
  const isShorter = before.queueSince === null || health.queuedSegments < before.queueLowest
  // While it records the queue is refilled; that is no sign of anything.
  return isShorter || health.recording !== null
    ? { queueLowest: health.queuedSegments, queueSince: nowMs }
    : { queueLowest: before.queueLowest, queueSince: before.queueSince }
}

function gravest(health: DeviceHealth, last: Concern, queue: Queue, nowMs: number): Concern {
  const storageLimit = last === 'storage' ? storageLow.clearBytes : storageLow.raiseBytes
  if (health.freeBytes !== null && health.freeBytes < storageLimit) {
    return 'storage'
  }
  const batteryLimit = last === 'battery' ? batteryLow.clearPercent : batteryLow.raisePercent
  if (health.batteryPercent !== null && health.charging !== true && health.batteryPercent <= batteryLimit) {
    return 'battery'
  }
  const clockLimit = last === 'clock' ? clockOff.clearMs : clockOff.raiseMs
  if (health.clockOffsetMs !== null && Math.abs(health.clockOffsetMs) > clockLimit) {
    return 'clock'
  }
  return queue.queueSince !== null && nowMs - queue.queueSince >= stuckAfterMs ? 'stuck-segment' : 'none'
}

/** Figures for the room, language-free: `12 %`, `640 MB`, `+42 s`, `7`. */
function detailOf(concern: Concern, health: DeviceHealth): string {
  switch (concern) {
    case 'battery':
      return `${health.batteryPercent ?? 0} %`
    case 'storage':
      return `${Math.floor((health.freeBytes ?? 0) / 1_000_000)} MB`
    case 'clock': {
      const seconds = Math.round((health.clockOffsetMs ?? 0) / 1000)
      return `${seconds > 0 ? '+' : ''}${seconds} s`
    }
    case 'stuck-segment':
      return String(health.queuedSegments)
    default:
      return ''
  }
}
