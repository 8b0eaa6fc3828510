import type { Unit } from '@sereno/contracts'
import { Button, Icon, useLanguage, useLive } from '@sereno/ui'
import { useNavigate } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { keyPrint } from '../../shell/keys.ts'
import { useSession } from '../../shell/session.ts'
import { useKeys } from '../../shell/use-keys.ts'
import css from './context.module.css'
import type { Dock } from './dock.ts'
import { useOperationsText } from './text.ts'
import { UnitFacts } from './unit-facts.tsx'
import { watchUnit } from './watch-unit.ts'

/** A unit chosen on the map or in the table: facts, then what one may do. */
export function UnitContext({ unit, dock }: { readonly unit: Unit | undefined; readonly dock: Dock }): ReactElement {
  const texts = useOperationsText()
  const language = useLanguage()
  const navigate = useNavigate()
  const { live } = useSession()
  const offline = useLive(live.connection.line).state === 'lost'
  const recording = unit?.recording ?? null
  const openRecording = (): void => {
    if (recording !== null) {
      void navigate({ to: '/recordings/$id', params: { id: recording } })
    }
  }
  useKeys('operations', { recordingOf: openRecording })
  if (unit === undefined) {
    return (
      <div className={css.title}>
        <p>{texts.unit.unknown}</p>
      </div>
    )
  }
  return (
    <>
      <header className={css.title}>
        <p className={css.id}>
          <Icon name="person" /> {texts.context.facts.officer}
          <span>{unit.deviceCode}</span>
        </p>
        <h1>
          <span>{unit.officer.code}</span>
        </h1>
        <p>
          <b>{unit.officer.name}</b>
        </p>
      </header>
      <div className={css.body}>
        <UnitFacts unit={unit} />
      </div>
      <div className={css.actions}>
        {unit.may.includes('live.watch') ? (
          <div className={css.full}>
            <Button
              look="next"
              keys={keyPrint('watch', language)}
              shortcut="V"
              disabled={offline}
              onPress={() => watchUnit(dock, unit, undefined)}
            >
              {texts.actions.watch}
            </Button>
          </div>
        ) : null}
        {recording === null ? null : (
          <div className={css.full}>
            <Button icon="film" keys={keyPrint('recordingOf', language)} shortcut="O" onPress={openRecording}>
              {texts.actions.recording}
            </Button>
          </div>
        )}
      </div>
    </>
  )
}
