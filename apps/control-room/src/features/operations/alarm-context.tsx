import type { Alarm, Unit } from '@sereno/contracts'
import { names } from '@sereno/text'
import { Icon, Stopwatch, useLanguage } from '@sereno/ui'
import type { ReactElement } from 'react'
import { AlarmActions } from './alarm-actions.tsx'
import { alarmDetail } from './alarm-detail.ts'
import { alarmIcons } from './alarm-row.tsx'
import { AlarmStages } from './alarm-stages.tsx'
import css from './context.module.css'
import type { Dock } from './dock.ts'
import { Facts } from './facts.tsx'
import { useOperationsText } from './text.ts'
import { UnitFacts } from './unit-facts.tsx'

type AlarmContextProps = { readonly alarm: Alarm; readonly unit: Unit | undefined; readonly dock: Dock }

/** The selected alarm: read from top to bottom, acted on at the bottom. */
export function AlarmContext({ alarm, unit, dock }: AlarmContextProps): ReactElement {
  const text = useOperationsText().context
  const language = useLanguage()
  const isSos = alarm.kind === 'sos'
  const detail = alarmDetail(alarm, language)
  const who = alarm.officer === null ? (alarm.deviceCode ?? '') : `${alarm.officer.code} ${alarm.officer.name}`
  const code = alarm.officer?.code ?? alarm.deviceCode ?? ''
  const kind = names(language).alarm[alarm.kind]
  const title = isSos ? text.asksHelp(code) : code === '' ? kind : `${kind} · ${code}`
  return (
    <>
      <header className={css.title}>
        <p className={css.id}>
          <Icon name={alarmIcons[alarm.kind]} tone={isSos ? 'critical' : 'warning'} />
          {isSos ? text.sosId(alarm.number) : text.alarmId(alarm.number)}
          <span>{alarm.deviceCode}</span>
        </p>
        <h1>
          <span title={title}>{title}</span>
          {alarm.closedAt === null ? (
            <span>
              <Stopwatch since={alarm.raisedAt} />
            </span>
          ) : null}
        </h1>
        {alarm.device === null ? null : (
          <p>
            <b>{alarm.officer?.name}</b> · {alarm.place ?? text.noPlace}
          </p>
        )}
        {detail === null ? null : <p>{detail}</p>}
      </header>
      <div className={css.body}>
        {alarm.device === null ? null : unit === undefined ? (
          <Facts
            facts={[
              { name: text.facts.officer, value: who },
              { name: text.facts.device, value: alarm.deviceCode ?? '–' },
            ]}
          />
        ) : (
          <UnitFacts unit={unit} />
        )}
        <AlarmStages alarm={alarm} />
      </div>
      <AlarmActions alarm={alarm} unit={unit} dock={dock} />
    </>
  )
}
