import { bytes, dateAndTime, duration, percent } from '@sereno/text'
import { Age, Button, useLanguage } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactElement, useState } from 'react'
import type { Device, Officer } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import { bringIntoView } from '../../shell/bring-into-view.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import { DeviceStateMark } from './device-state.tsx'
import { EnrolDialog } from './enrol-dialog.tsx'
import { EnrolmentCode } from './enrolment-code.tsx'
import { IssueDialog } from './issue-dialog.tsx'
import { type Report, ReportDialog } from './report-dialog.tsx'
import { useFleetText } from './text.ts'

type DevicePaneProps = { readonly device: Device | undefined; readonly officers: readonly Officer[] }

/** One device: its health with ages, and what may be done with it. */
export function DevicePane({ device, officers }: DevicePaneProps): ReactElement {
  const text = useFleetText()
  if (device === undefined) {
    return (
      <aside className={page.pane}>
        <p className={page.soft}>{text.choose}</p>
      </aside>
    )
  }
  return (
    <aside ref={bringIntoView} className={page.pane} aria-label={device.code} data-region="device">
      <h2>
        {device.code} {device.simulated ? <span className={page.faint}>{text.simulated}</span> : null}
      </h2>
      <DeviceFacts device={device} />
      <DeviceActions key={device.id} device={device} officers={officers} />
      <EnrolmentCode device={device} />
    </aside>
  )
}

function DeviceFacts({ device }: { readonly device: Device }): ReactElement {
  const text = useFleetText()
  const language = useLanguage()
  const zone = useTimeZone()
  const { health } = device
  return (
    <dl className={page.facts}>
      <dt>{text.state}</dt>
      <dd>
        <DeviceStateMark state={device.state} />
      </dd>
      <dt>{text.officer}</dt>
      <dd>{device.officer === null ? text.nobody : `${device.officer.code} ${device.officer.name}`}</dd>
      <dt>{text.seen}</dt>
      <dd>
        <Age at={device.seenAt} />
      </dd>
      {device.healthAt === null ? null : (
        <>
          <dt>{text.measured}</dt>
          <dd>
            <Age at={device.healthAt} />
          </dd>
        </>
      )}
      <dt>{text.battery}</dt>
      <dd>{health?.batteryPercent == null ? text.unknown : percent(health.batteryPercent, language)}</dd>
      <dt>{text.storage}</dt>
      <dd>{health?.freeBytes == null ? text.unknown : bytes(health.freeBytes, language)}</dd>
      <dt>{text.persisted}</dt>
      <dd>{health?.persisted == null ? text.unknown : health.persisted ? text.yes : text.no}</dd>
      <dt>{text.clock}</dt>
      <dd>{health?.clockOffsetMs == null ? text.unknown : duration(Math.abs(health.clockOffsetMs))}</dd>
      <dt>{text.version}</dt>
      <dd>{health?.appVersion ?? text.unknown}</dd>
      <dt>{text.key}</dt>
      <dd>
        <code>{device.keyId ?? text.none}</code> {text.keyEpoch(device.keyEpoch)}
      </dd>
      <dt>{text.enrolled}</dt>
      <dd>{device.enrolledAt === null ? text.none : dateAndTime(device.enrolledAt, zone, language)}</dd>
      {health?.recording == null ? null : (
        <>
          <dt>{text.recording}</dt>
          <dd>
            <Link to="/recordings/$id" params={{ id: health.recording }}>
              {text.openRecording}
            </Link>
          </dd>
        </>
      )}
    </dl>
  )
}

/** What `may` says, and only what the state allows. */
function DeviceActions({
  device,
  officers,
}: {
  readonly device: Device
  readonly officers: readonly Officer[]
}): ReactElement {
  const text = useFleetText()
  const [dialog, setDialog] = useState<'issue' | 'enrol' | Report | null>(null)
  const giveBack = useMutation({
    mutationFn: () => call('POST /devices/:id/return', { params: { id: device.id } }),
    onSuccess: () => changed('GET /devices'),
  })
  const may = (what: string): boolean => device.may.includes(what)
  const inUse = device.state === 'enrolled' || device.state === 'issued'
  return (
    <div className={page.form}>
      {may('device.issue') && device.state === 'enrolled' ? (
        <Button look="next" onPress={() => setDialog('issue')}>
          {text.issuing.title(device.code)}
        </Button>
      ) : null}
      {may('device.issue') && device.state === 'issued' ? (
        <Button onPress={() => giveBack.mutate()} busy={giveBack.isPending}>
          {text.returning}
        </Button>
      ) : null}
      <Failure error={giveBack.error} />
      <div className={page.row}>
        {may('device.revoke') && inUse
          ? (['lost', 'stolen', 'revoke'] as const).map((report) => (
              <Button key={report} look={report === 'revoke' ? 'danger' : 'plain'} onPress={() => setDialog(report)}>
                {text[report]}
              </Button>
            ))
          : null}
        {may('device.enrol') && device.state !== 'issued' ? (
          <Button onPress={() => setDialog('enrol')}>{text.enrolling.re}</Button>
        ) : null}
      </div>
      {dialog === 'issue' ? <IssueDialog device={device} officers={officers} onClose={() => setDialog(null)} /> : null}
      {dialog === 'enrol' ? (
        <EnrolDialog device={device} onClose={() => setDialog(null)} onIssue={() => setDialog('issue')} />
      ) : null}
      {dialog === 'lost' || dialog === 'stolen' || dialog === 'revoke' ? (
        <ReportDialog device={device} report={dialog} onClose={() => setDialog(null)} />
      ) : null}
    </div>
  )
}
