import { names } from '@sereno/text'
import { Icon, type IconName, useLanguage } from '@sereno/ui'
import type { ReactElement } from 'react'
import type { Device } from '../../api/api.ts'
import page from '../../shell/page.module.css'

const marks: Readonly<Record<Device['state'], readonly [IconName, 'ok' | 'info' | 'critical' | 'stale' | 'warning']>> =
  {
    registered: ['later', 'stale'],
    enrolled: ['later', 'info'],
    issued: ['ok', 'ok'],
    lost: ['warning', 'warning'],
    stolen: ['warning', 'critical'],
    revoked: ['denied', 'critical'],
    retired: ['close', 'stale'],
  }

export function DeviceStateMark({ state }: { readonly state: Device['state'] }): ReactElement {
  const [icon, tone] = marks[state]
  return (
    <span className={page.state}>
      <Icon name={icon} tone={tone} size="s" />
      {names(useLanguage()).deviceState[state]}
    </span>
  )
}
