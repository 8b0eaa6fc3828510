import type { Unit } from '@sereno/contracts'
import { age, distance, percent, speed } from '@sereno/text'
import { Age, now, Stopwatch, useLanguage, useTicking } from '@sereno/ui'
import type { ReactElement } from 'react'
import { useSession } from '../../shell/session.ts'
import { type Fact, Facts } from './facts.tsx'
import { useOperationsText } from './text.ts'
import { UnitState } from './unit-state.tsx'

/** What is known of a unit, each fact with its age. */
export function UnitFacts({ unit }: { readonly unit: Unit }): ReactElement {
  const texts = useOperationsText()
  const text = texts.unit
  const language = useLanguage()
  const facts: readonly Fact[] = [
    { name: text.status, value: <UnitState status={unit.status} />, age: <Age at={unit.seenAt} limitMs={60_000} /> },
    {
      name: text.device,
      value: `${unit.deviceCode}${unit.simulated ? ` · ${text.simulated}` : ''}`,
      age: unit.batteryPercent === null ? null : texts.context.battery(percent(unit.batteryPercent, language)),
    },
    { name: text.quadrant, value: unit.quadrant?.code ?? '–' },
    { name: text.position, value: <Position device={unit.device} /> },
    {
      name: text.recording,
      value: unit.recordingSince === null ? text.notRecording : <Stopwatch since={unit.recordingSince} />,
      age: unit.recording === null ? null : unit.streaming ? text.streaming : text.notStreaming,
    },
    { name: text.watchers, value: unit.watchers === 0 ? text.nobody : text.watchersNow(unit.watchers) },
  ]
  return <Facts facts={facts} />
}

/** Speed, accuracy and age of the newest position, written each second from the store. */
function Position({ device }: { readonly device: string }): ReactElement {
  const { live } = useSession()
  const text = useOperationsText().unit
  const language = useLanguage()
  const moving = useTicking<HTMLSpanElement>((element) => {
    const fix = live.room.fixes.get(device)
    const parts =
      fix === undefined
        ? ['–']
        : [
            fix.speedMps === null ? '' : fix.speedMps < 0.3 ? text.still : speed(fix.speedMps, language),
            text.accuracy(distance(fix.accuracyM, language)),
            age(Math.max(0, now() - fix.atMs), language),
          ]
    element.textContent = parts.filter(Boolean).join(' · ')
  })
  return <span ref={moving} style={{ color: 'inherit' }} />
}
