import type { IconName } from '@sereno/ui'
import type { Me } from '../api/api.ts'

type Section = {
  readonly name:
    | 'operations'
    | 'recordings'
    | 'cases'
    | 'fleet'
    | 'intake'
    | 'people'
    | 'territory'
    | 'retention'
    | 'completeness'
    | 'oversight'
    | 'ownViews'
    | 'ledger'
    | 'settings'
  readonly to:
    | '/'
    | '/recordings'
    | '/cases'
    | '/fleet'
    | '/intake'
    | '/people'
    | '/territory'
    | '/retention'
    | '/completeness'
    | '/oversight'
    | '/own-views'
    | '/ledger'
    | '/settings'
  readonly icon: IconName
  readonly needs: Me['permissions'][number]
  /** Or this one. */
  readonly orNeeds?: Me['permissions'][number]
}

const sections: readonly Section[] = [
  { name: 'operations', to: '/', icon: 'map', needs: 'unit.read' },
  { name: 'recordings', to: '/recordings', icon: 'film', needs: 'recording.find' },
  { name: 'cases', to: '/cases', icon: 'folder', needs: 'case.read' },
  { name: 'fleet', to: '/fleet', icon: 'phone', needs: 'device.read' },
  { name: 'intake', to: '/intake', icon: 'tray', needs: 'device.enrol', orNeeds: 'recording.seal' },
  { name: 'people', to: '/people', icon: 'people', needs: 'account.read' },
  { name: 'territory', to: '/territory', icon: 'place', needs: 'territory.write' },
  { name: 'retention', to: '/retention', icon: 'hourglass', needs: 'retention.read' },
  { name: 'completeness', to: '/completeness', icon: 'checklist', needs: 'completeness.read' },
  { name: 'oversight', to: '/oversight', icon: 'eye', needs: 'review.read', orNeeds: 'view.read' },
  { name: 'ownViews', to: '/own-views', icon: 'eye', needs: 'view.own' },
  { name: 'ledger', to: '/ledger', icon: 'ledger', needs: 'ledger.read' },
]

/** What the person may see at all; the server decided it, the menu repeats it. */
export const sectionsFor = (permissions: Me['permissions']): readonly Section[] =>
  sections.filter(
    ({ needs, orNeeds }) => permissions.includes(needs) || (orNeeds !== undefined && permissions.includes(orNeeds)),
  )
