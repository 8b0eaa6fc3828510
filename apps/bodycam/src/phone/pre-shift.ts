import type { BodyOf, fleetOperations } from '@sereno/contracts'
import type { Language } from '@sereno/text'
import { duration, number, percent } from '@sereno/text'
import type { Text } from '../text.es.ts'
import { type PhoneView, roomMinutes } from './view.ts'

type Check = BodyOf<(typeof fleetOperations)['POST /device/shift']>['check']
export type CheckName = Check[number]['item']
export type CheckLine = {
  readonly item: CheckName
  readonly passed: boolean
  /** In the officer's words; also what goes to the control centre. */
  readonly value: string
  readonly missing: boolean
}

const leastBatteryPercent = 40
const leastRoomMinutes = 120
const mostClockMs = 2000
const freshFixMs = 30_000
const mostAccuracyM = 50

/** The six items of the pre-shift check, judged from what the phone measures; the lens by the officer's eye. */
export function checkLines(view: PhoneView, lens: boolean | null, text: Text, nowMs: number): readonly CheckLine[] {
  const { battery, storage, engine, fix } = view
  const language: Language = view.choices.language
  const words = text.check
  const minutes = roomMinutes(view)
  const offsetMs = engine.serverTime === null ? null : Math.abs(engine.serverTime.offsetMs)
  const line = (item: CheckName, passed: boolean | null, value: string | null): CheckLine => ({
    item,
    passed: passed === true,
    value: value ?? words.unknown,
    missing: passed === null,
  })
  const hasFix = fix !== null && nowMs - fix.atMs < freshFixMs
  return [
    line(
      'battery',
      // a browser that does not tell is no reason to keep an officer home; the value says so
      battery === null ? true : battery.percent >= leastBatteryPercent || battery.charging,
      battery === null ? null : percent(battery.percent, language),
    ),
    line(
      'storage',
      minutes === null ? null : minutes >= leastRoomMinutes,
      minutes === null ? null : duration(minutes * 60_000),
    ),
    line(
      'clock',
      offsetMs === null ? null : offsetMs <= mostClockMs,
      offsetMs === null ? null : words.fromCentre(`${number(offsetMs / 1000, language, 1)}\u00a0s`),
    ),
    line('gps', hasFix && fix.accuracyM <= mostAccuracyM, hasFix ? `±${Math.round(fix.accuracyM)}\u00a0m` : null),
    line(
      'persist',
      storage === null ? null : storage.persisted,
      storage === null ? null : storage.persisted ? words.firm : words.notFirm,
    ),
    line('lens', lens, lens === null ? words.lensAsk : lens ? words.lensClean : words.lensDirty),
  ]
}

/** No reason outweighs these: without room nothing is recorded, with a wrong clock it proves less. */
export function canGoDespite(lines: readonly CheckLine[]): boolean {
  return lines.every((line) => line.passed || (line.item !== 'storage' && line.item !== 'clock'))
}
