import type { Alarm, Unit } from '@sereno/contracts'
import { Button, Field, useLanguage, useLive } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { keyPrint } from '../../shell/keys.ts'
import { useSession } from '../../shell/session.ts'
import { useKeys } from '../../shell/use-keys.ts'
import css from './context.module.css'
import type { Dock } from './dock.ts'
import { useOperationsText } from './text.ts'
import { watchUnit } from './watch-unit.ts'

type AlarmActionsProps = { readonly alarm: Alarm; readonly unit: Unit | undefined; readonly dock: Dock }

/** The next step is one key; `may` says what to offer; without a server each says why it waits. */
export function AlarmActions({ alarm, unit, dock }: AlarmActionsProps): ReactElement {
  const text = useOperationsText().actions
  const language = useLanguage()
  const navigate = useNavigate()
  const { live } = useSession()
  const offline = useLive(live.connection.line).state === 'lost'
  const [closing, setClosing] = useState(false)
  const acknowledge = useMutation({
    mutationFn: () => call('POST /alarms/:id/acknowledge', { params: { id: alarm.id } }),
    onSuccess: live.room.putAlarm,
  })
  const mayTake = alarm.may.includes('alarm.acknowledge') && alarm.closedAt === null
  const untaken = mayTake && alarm.acknowledgedAt === null
  const recording = alarm.recording
  const openRecording = (): void => {
    if (recording !== null) {
      void navigate({ to: '/recordings/$id', params: { id: recording } })
    }
  }
  useKeys('operations', {
    acknowledge: () => untaken && !offline && acknowledge.mutate(),
    recordingOf: openRecording,
    closeAlarm: () => setClosing(mayTake && !offline),
  })
  if (closing) {
    return <CloseForm alarm={alarm} onDone={() => setClosing(false)} />
  }
  return (
    <div className={css.actions}>
      {untaken ? (
        <div className={css.full}>
          <Button
            look="next"
            keys={keyPrint('acknowledge', language)}
            shortcut="Enter"
            small={text.acknowledgeSmall}
            busy={acknowledge.isPending}
            disabled={offline}
            onPress={() => acknowledge.mutate()}
          >
            {text.acknowledge}
          </Button>
          <Failure error={acknowledge.error} />
        </div>
      ) : null}
      {unit?.may.includes('live.watch') ? (
        <Button
          icon="live"
          keys={keyPrint('watch', language)}
          shortcut="V"
          disabled={offline}
          onPress={() => watchUnit(dock, unit, alarm)}
        >
          {text.watch}
        </Button>
      ) : null}
      {recording === null ? null : (
        <Button icon="film" keys={keyPrint('recordingOf', language)} shortcut="O" onPress={openRecording}>
          {text.recording}
        </Button>
      )}
      {mayTake ? (
        <Button
          icon="check"
          keys={keyPrint('closeAlarm', language)}
          shortcut="X"
          disabled={offline}
          onPress={() => setClosing(true)}
        >
          {text.close}
        </Button>
      ) : null}
      {offline ? <p className={css.why}>{text.offline}</p> : null}
    </div>
  )
}

function CloseForm({ alarm, onDone }: { readonly alarm: Alarm; readonly onDone: () => void }): ReactElement {
  const text = useOperationsText().actions
  const { live } = useSession()
  const [note, setNote] = useState('')
  const close = useMutation({
    mutationFn: () => call('POST /alarms/:id/close', { params: { id: alarm.id }, body: { note: note.trim() } }),
    onSuccess: (closed) => {
      live.room.putAlarm(closed)
      onDone()
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (note.trim() !== '') {
      close.mutate()
    }
  }
  return (
    <form className={css.actions} onSubmit={submit}>
      <div className={css.full}>
        <Field
          label={text.note}
          hint={text.noteNeeded}
          value={note}
          onChange={setNote}
          rows={3}
          maxLength={1000}
          required
          autoFocus
        />
        <Failure error={close.error} />
      </div>
      <Button type="submit" look="go" busy={close.isPending}>
        {text.save}
      </Button>
      <Button onPress={onDone}>{text.cancel}</Button>
    </form>
  )
}
