import { Button, Countdown, Dialog, Field, now, Select, useSeconds } from '@sereno/ui'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useEffect, useState } from 'react'
import type { Device, Reply } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { asked, changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { QrCode } from '../../shell/qr-code.tsx'
import { DockLine } from './dock-line.tsx'
import css from './fleet.module.css'
import { useFleetText } from './text.ts'

type EnrolDialogProps = {
  /** Given, the same device gets a new key. */
  readonly device?: Device
  readonly onClose: () => void
  readonly onIssue: (device: string) => void
}
type Enrolment = Reply<'POST /devices/enrolments'>
const askEveryMs = 1_500
const nearMs = 60_000

/** A QR code (for a dock: a line to type) for one use in ten minutes, and the moment it was used. */
export function EnrolDialog({ device, onClose, onIssue }: EnrolDialogProps): ReactElement {
  const text = useFleetText().enrolling
  const [code, setCode] = useState('')
  const [chosen, setChosen] = useState<'phone' | 'dock'>('phone')
  const isDock = (device?.kind ?? chosen) === 'dock'
  const open = useMutation({
    mutationFn: () =>
      call('POST /devices/enrolments', {
        body:
          device !== undefined
            ? { device: device.id }
            : { kind: chosen, ...(code.trim() === '' ? {} : { code: code.trim() }) },
      }),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    open.mutate()
  }
  return (
    <Dialog title={device === undefined ? text.title : text.re} open onClose={onClose}>
      {open.data === undefined ? (
        <form className={page.form} onSubmit={submit}>
          {device === undefined ? (
            <>
              <Field label={text.code} hint={text.codeHint} value={code} onChange={setCode} maxLength={20} autoFocus />
              <Select
                label={text.kind}
                options={(['phone', 'dock'] as const).map((value) => ({ value, label: text.kinds[value] }))}
                value={chosen}
                onChange={(value) => setChosen(value === 'dock' ? 'dock' : 'phone')}
              />
            </>
          ) : (
            <p className={page.soft}>{text.reWhy}</p>
          )}
          <Failure error={open.error} />
          <div>
            <Button type="submit" look="go" busy={open.isPending}>
              {isDock ? text.makeDock : text.make}
            </Button>
          </div>
        </form>
      ) : (
        <WaitForPhone
          key={open.data.id}
          enrolment={open.data}
          isDock={isDock}
          onAgain={() => open.mutate()}
          onClose={onClose}
          onIssue={onIssue}
        />
      )}
    </Dialog>
  )
}

type WaitForPhoneProps = {
  readonly enrolment: Enrolment
  readonly isDock: boolean
  readonly onAgain: () => void
  readonly onClose: () => void
  readonly onIssue: (device: string) => void
}

function WaitForPhone({ enrolment, isDock, onAgain, onClose, onIssue }: WaitForPhoneProps): ReactElement {
  const texts = useFleetText()
  const text = texts.enrolling
  useSeconds()
  const state = useQuery({
    ...asked('GET /devices/enrolments/:id', { params: { id: enrolment.id } }),
    refetchInterval: ({ state: { data } }) => (data?.usedAt == null ? askEveryMs : false),
  })
  const used = state.data?.device ?? null
  useEffect(() => {
    if (used !== null) {
      void changed('GET /devices')
    }
  }, [used])
  if (used !== null) {
    return (
      <div className={page.form} role="status">
        <p>{text.used(enrolment.code)}</p>
        <div className={page.row}>
          {isDock ? null : (
            <Button
              look="go"
              autoFocus
              onPress={() => {
                onClose()
                onIssue(used)
              }}
            >
              {text.issue}
            </Button>
          )}
          <Button onPress={onAgain}>{text.again}</Button>
          <Button onPress={onClose}>{texts.close}</Button>
        </div>
      </div>
    )
  }
  if (now() > enrolment.expiresAt) {
    return (
      <div className={page.form} role="status">
        <p>{text.expired}</p>
        <div>
          <Button look="go" onPress={onAgain}>
            {text.again}
          </Button>
        </div>
      </div>
    )
  }
  if (isDock) {
    return <DockLine enrolment={enrolment} />
  }
  return (
    <div className={css.enrol}>
      <QrCode words={enrolment.url} label={text.qr} />
      <div className={page.form}>
        <p>
          <b>{text.read(enrolment.code)}</b>
        </p>
        <p className={page.soft}>{text.how}</p>
        <p>
          {text.left}{' '}
          <b>
            <Countdown to={enrolment.expiresAt} nearMs={nearMs} />
          </b>
        </p>
        <p className={css.link}>
          {text.link}: <a href={enrolment.url}>{enrolment.url.replace(/#.*/, '#…')}</a>
        </p>
      </div>
    </div>
  )
}
