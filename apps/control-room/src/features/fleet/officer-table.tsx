import { type Column, DataTable } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import type { Device, Officer } from '../../api/api.ts'
import { Failure } from '../../api/failure.tsx'
import { asked } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useFleetText } from './text.ts'

type OfficerTableProps = {
  readonly officers: readonly Officer[] | undefined
  readonly devices: readonly Device[]
  readonly error: unknown
}

export function OfficerTable({ officers, devices, error }: OfficerTableProps): ReactElement {
  const text = useFleetText()
  const territory = useQuery(asked('GET /territory', {}))
  const sectors = new Map((territory.data?.areas ?? []).map(({ id, code, name }) => [id, name || code]))
  const carried = (officer: Officer): Device | undefined => devices.find((device) => device.officer?.id === officer.id)
  const columns: readonly Column<Officer>[] = [
    { id: 'code', title: text.code, text: ({ code }) => code, cell: ({ code }) => <b>{code}</b> },
    { id: 'name', title: text.name, text: ({ name }) => name, cell: ({ name }) => name },
    {
      id: 'sector',
      title: text.sector,
      spare: true,
      text: ({ sector }) => sectors.get(sector ?? '') ?? '',
      cell: ({ sector }) => sectors.get(sector ?? '') ?? text.none,
    },
    {
      id: 'carries',
      title: text.carries,
      text: (officer) => carried(officer)?.code ?? '',
      cell: (officer) => {
        const device = carried(officer)
        return device === undefined ? (
          <span className={page.faint}>{text.none}</span>
        ) : (
          <Link to="/fleet" search={{ device: device.id }} className={page.link}>
            {device.code}
          </Link>
        )
      },
    },
    {
      id: 'active',
      title: text.active,
      spare: true,
      text: ({ active }) => (active ? text.yes : text.no),
      cell: ({ active }) => (active ? text.yes : text.no),
    },
  ]
  if (officers !== undefined && officers.length === 0) {
    return (
      <div className={page.notice}>
        <h2>{text.noOfficers}</h2>
        <p>{text.noOfficersWhy}</p>
      </div>
    )
  }
  return (
    <div style={{ display: 'grid', minBlockSize: 0 }}>
      <Failure error={error} />
      <DataTable
        caption={text.officers}
        columns={columns}
        rows={officers ?? []}
        id={({ id }) => id}
        fileName="agentes"
      />
    </div>
  )
}
