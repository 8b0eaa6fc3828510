import { bytes, duration, names, percent } from '@sereno/text'
import { Age, type Column, DataTable, useLanguage } from '@sereno/ui'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import type { Device } from '../../api/api.ts'
import page from '../../shell/page.module.css'
import { DeviceStateMark } from './device-state.tsx'
import { useFleetText } from './text.ts'

type DeviceTableProps = {
  readonly devices: readonly Device[]
  readonly current: string | null
  readonly onOpen: (device: string) => void
}

const seenLimitMs = 120_000
const lowBattery = 20
const clockLimitMs = 2_000

/** Health with its age; what needs a hand carries a triangle. */
export function DeviceTable({ devices, current, onOpen }: DeviceTableProps): ReactElement {
  const text = useFleetText()
  const language = useLanguage()
  const words = names(language)
  const columns: readonly Column<Device>[] = [
    {
      id: 'code',
      title: text.code,
      text: ({ code }) => code,
      cell: ({ id, code, simulated }) => (
        <>
          <Link to="/fleet" search={{ device: id }} className={`${page.link} ${page.strong}`}>
            {code}
          </Link>
          {simulated ? <span className={page.faint}> {text.simulated}</span> : null}
        </>
      ),
    },
    {
      id: 'state',
      title: text.state,
      text: ({ state }) => words.deviceState[state],
      cell: ({ state }) => <DeviceStateMark state={state} />,
    },
    {
      id: 'officer',
      title: text.officer,
      text: ({ officer }) => (officer === null ? '' : `${officer.code} ${officer.name}`),
      cell: ({ officer }) =>
        officer === null ? <span className={page.faint}>{text.nobody}</span> : `${officer.code} ${officer.name}`,
    },
    {
      id: 'seen',
      title: text.seen,
      align: 'end',
      text: ({ seenAt }) => (seenAt === null ? '' : new Date(seenAt).toISOString()),
      order: ({ seenAt }) => -(seenAt ?? 0),
      cell: ({ seenAt, state }) => <Age at={seenAt} {...(state === 'issued' ? { limitMs: seenLimitMs } : {})} />,
    },
    {
      id: 'battery',
      title: text.battery,
      align: 'end',
      text: ({ health }) => (health?.batteryPercent == null ? '' : String(health.batteryPercent)),
      order: ({ health }) => health?.batteryPercent ?? 101,
      cell: ({ health }) =>
        health?.batteryPercent == null
          ? text.none
          : `${health.batteryPercent < lowBattery ? '△ ' : ''}${percent(health.batteryPercent, language)}${health.charging === true ? ` ${text.charging}` : ''}`,
    },
    {
      id: 'storage',
      title: text.storage,
      align: 'end',
      spare: true,
      text: ({ health }) => (health?.freeBytes == null ? '' : String(health.freeBytes)),
      order: ({ health }) => health?.freeBytes ?? -1,
      cell: ({ health }) => (health?.freeBytes == null ? text.none : bytes(health.freeBytes, language)),
    },
    {
      id: 'clock',
      title: text.clock,
      align: 'end',
      spare: true,
      text: ({ health }) => (health?.clockOffsetMs == null ? '' : String(health.clockOffsetMs)),
      order: ({ health }) => Math.abs(health?.clockOffsetMs ?? 0),
      cell: ({ health }) =>
        health?.clockOffsetMs == null
          ? text.none
          : Math.abs(health.clockOffsetMs) < clockLimitMs
            ? text.clockFine
            : `△ ${text.clockOff(duration(Math.abs(health.clockOffsetMs)))}`,
    },
    {
      id: 'queue',
      title: text.queue,
      align: 'end',
      spare: true,
      text: ({ health }) => String(health?.queuedSegments ?? ''),
      order: ({ health }) => health?.queuedSegments ?? 0,
      cell: ({ health }) => health?.queuedSegments ?? text.none,
    },
    {
      id: 'kind',
      title: text.kind,
      spare: true,
      text: ({ kind }) => words.deviceKind[kind],
      cell: ({ kind }) => words.deviceKind[kind],
    },
  ]
  return (
    <DataTable
      caption={text.devices}
      columns={columns}
      rows={devices}
      id={({ id }) => id}
      fileName="equipos"
      current={current}
      onOpen={({ id }) => onOpen(id)}
    />
  )
}
