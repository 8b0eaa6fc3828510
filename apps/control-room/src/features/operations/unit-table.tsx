import type { Unit } from '@sereno/contracts'
import { distance, names, percent, speed } from '@sereno/text'
import { Age, Button, type Column, DataTable, now, useLanguage, useLive } from '@sereno/ui'
import type { ReactElement } from 'react'
import type { Area } from '../../api/api.ts'
import { useSession } from '../../shell/session.ts'
import { useOperationsText } from './text.ts'
import { UnitState } from './unit-state.tsx'

type UnitTableProps = {
  readonly units: readonly Unit[]
  readonly areas: readonly Area[]
  readonly selected: string | null
  readonly onChoose: (device: string) => void
  readonly onMap: () => void
}

/** Everything the map says, as a table that sorts and exports. */
export function UnitTable({ units, selected, onChoose, onMap }: UnitTableProps): ReactElement {
  const texts = useOperationsText()
  const text = texts.unit
  const language = useLanguage()
  const { live } = useSession()
  const offline = useLive(live.connection.line).state === 'lost'
  const fixOf = (unit: Unit): Unit['fix'] => live.room.fixes.get(unit.device) ?? unit.fix
  const columns: readonly Column<Unit>[] = [
    {
      id: 'code',
      title: text.code,
      text: ({ officer }) => officer.code,
      cell: (unit) => <Choice unit={unit} onChoose={onChoose} />,
    },
    { id: 'name', title: text.officer, text: ({ officer }) => officer.name, cell: ({ officer }) => officer.name },
    {
      id: 'status',
      title: text.status,
      text: ({ status }) => names(language).unitStatus[status],
      cell: (unit) => <UnitState status={offline && unit.status !== 'sos' ? 'away' : unit.status} />,
    },
    {
      id: 'quadrant',
      title: text.quadrant,
      text: ({ quadrant }) => quadrant?.code ?? '',
      cell: ({ quadrant }) => quadrant?.code ?? '–',
    },
    {
      id: 'position',
      title: text.position,
      spare: true,
      text: (unit) => positionText(fixOf(unit)),
      cell: (unit) =>
        fixOf(unit) === null
          ? '–'
          : `${positionText(fixOf(unit))} ${text.accuracy(distance(fixOf(unit)?.accuracyM ?? 0, language))}`,
    },
    {
      id: 'age',
      title: text.seen,
      align: 'end',
      text: (unit) => String(Math.round((now() - (fixOf(unit)?.atMs ?? unit.seenAt ?? 0)) / 1000)),
      order: (unit) => -(fixOf(unit)?.atMs ?? unit.seenAt ?? 0),
      cell: (unit) => <Age at={fixOf(unit)?.atMs ?? unit.seenAt} limitMs={20_000} bare />,
    },
    {
      id: 'battery',
      title: text.battery,
      align: 'end',
      spare: true,
      text: ({ batteryPercent }) => (batteryPercent === null ? '' : String(batteryPercent)),
      order: ({ batteryPercent }) => batteryPercent ?? -1,
      cell: ({ batteryPercent }) => (batteryPercent === null ? '–' : percent(batteryPercent, language)),
    },
    {
      id: 'speed',
      title: 'km/h',
      align: 'end',
      spare: true,
      text: (unit) => speedText(fixOf(unit)),
      order: (unit) => fixOf(unit)?.speedMps ?? -1,
      cell: (unit) => speedWords(fixOf(unit), language),
    },
    {
      id: 'device',
      title: text.device,
      spare: true,
      text: ({ deviceCode }) => deviceCode,
      cell: ({ deviceCode }) => deviceCode,
    },
    {
      id: 'watchers',
      title: text.watchers,
      align: 'end',
      spare: true,
      text: ({ watchers }) => String(watchers),
      order: ({ watchers }) => watchers,
      cell: ({ watchers }) => (watchers === 0 ? text.nobody : text.watchersNow(watchers)),
    },
  ]
  return (
    <DataTable
      caption={text.table}
      columns={columns}
      rows={units}
      id={({ device }) => device}
      fileName="unidades"
      current={selected}
      onOpen={({ device }) => onChoose(device)}
      tools={
        <span style={{ paddingInlineStart: 'var(--space-4)' }}>
          <Button icon="map" onPress={onMap} keys="L" shortcut="L">
            {texts.map.toMap}
          </Button>
        </span>
      }
    />
  )
}

function Choice({
  unit,
  onChoose,
}: {
  readonly unit: Unit
  readonly onChoose: (device: string) => void
}): ReactElement {
  return (
    <button type="button" className="plain-link" onClick={() => onChoose(unit.device)}>
      {unit.officer.code}
    </button>
  )
}

const positionText = (fix: Unit['fix']): string =>
  fix === null ? '' : `${fix.latitude.toFixed(5)} ${fix.longitude.toFixed(5)}`
const speedText = (fix: Unit['fix']): string => (fix?.speedMps == null ? '' : (fix.speedMps * 3.6).toFixed(1))
const speedWords = (fix: Unit['fix'], language: 'es' | 'en'): string =>
  fix?.speedMps == null ? '–' : speed(fix.speedMps, language)
