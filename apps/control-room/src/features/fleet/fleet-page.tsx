import { Button } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactElement, useState } from 'react'
import { Failure } from '../../api/failure.tsx'
import { asked } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useMay } from '../../shell/session.ts'
import { DevicePane } from './device-pane.tsx'
import { DeviceTable } from './device-table.tsx'
import { EnrolDialog } from './enrol-dialog.tsx'
import { OfficerDialog } from './officer-dialog.tsx'
import { OfficerTable } from './officer-table.tsx'
import { useFleetText } from './text.ts'

/** The registers of devices and officers. */
export function FleetPage(): ReactElement {
  const text = useFleetText()
  const search = useSearch({ from: '/fleet' })
  const navigate = useNavigate({ from: '/fleet' })
  const [dialog, setDialog] = useState<'enrol' | 'officer' | null>(null)
  const mayEnrol = useMay('device.enrol')
  const mayAdd = useMay('officer.write')
  const devices = useQuery({ ...asked('GET /devices', {}), refetchInterval: 20_000 })
  const officers = useQuery({ ...asked('GET /officers', {}), enabled: useMay('officer.read') })
  const list = search.list ?? 'devices'
  const shown = devices.data?.devices ?? []
  const counted = list === 'devices' ? devices.data?.devices.length : officers.data?.officers.length
  const chosen = shown.find(({ id }) => id === search.device)
  const open = (device?: string): void => void navigate({ search: device === undefined ? {} : { device } })
  return (
    <main className={page.page} style={{ gridTemplateRows: 'auto auto minmax(0, 1fr)' }}>
      <div className={page.head}>
        <h1>{text.title}</h1>
        <p role="status">
          {counted === undefined
            ? `${text.loading}…`
            : list === 'devices'
              ? text.count(counted)
              : text.officerCount(counted)}
        </p>
        <div className={page.tools}>
          {mayAdd ? <Button onPress={() => setDialog('officer')}>{text.addOfficer}</Button> : null}
          {mayEnrol ? (
            <Button look="go" icon="phone" onPress={() => setDialog('enrol')}>
              {text.enrol}
            </Button>
          ) : null}
        </div>
      </div>
      <nav className={page.tabs} aria-label={text.registers}>
        <button type="button" aria-pressed={list === 'devices'} onClick={() => void navigate({ search: {} })}>
          {text.devices}
        </button>
        <button
          type="button"
          aria-pressed={list === 'officers'}
          onClick={() => void navigate({ search: { list: 'officers' } })}
        >
          {text.officers}
        </button>
      </nav>
      {list === 'officers' ? (
        <OfficerTable officers={officers.data?.officers} devices={shown} error={officers.error} />
      ) : (
        <div className={page.panes}>
          <div style={{ display: 'grid', minBlockSize: 0 }}>
            <Failure error={devices.error} />
            {devices.data !== undefined && shown.length === 0 ? (
              <div className={page.notice}>
                <h2>{text.empty}</h2>
                <p>{text.emptyWhy}</p>
              </div>
            ) : (
              <DeviceTable devices={shown} current={search.device ?? null} onOpen={open} />
            )}
          </div>
          <DevicePane device={chosen} officers={officers.data?.officers ?? []} />
        </div>
      )}
      {dialog === 'enrol' ? <EnrolDialog onClose={() => setDialog(null)} onIssue={open} /> : null}
      {dialog === 'officer' ? <OfficerDialog onClose={() => setDialog(null)} /> : null}
    </main>
  )
}
