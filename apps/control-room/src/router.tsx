import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { lazy, type ReactElement, Suspense } from 'react'
import { casesSearch } from './features/cases/search.ts'
import { fleetSearch } from './features/fleet/search.ts'
import { intakeSearch } from './features/intake/search.ts'
import { ledgerSearch } from './features/ledger/search.ts'
import { OperationsPage } from './features/operations/index.ts'
import { operationsSearch } from './features/operations/search.ts'
import { oversightSearch } from './features/oversight/search.ts'
import { recordingSearch, recordingsSearch } from './features/recordings/search.ts'
import { retentionSearch } from './features/retention/search.ts'
import { Broken, Missing } from './shell/broken.tsx'
import { useMay } from './shell/session.ts'
import { Shell } from './shell/shell.tsx'

const GuestShell = lazy(async () => ({ default: (await import('./features/guest/index.ts')).GuestShell }))

/** An outside account has a frame of its own: one case, and no way elsewhere. */
function Frame(): ReactElement {
  return useMay('shared.read') ? (
    <Suspense>
      <GuestShell />
    </Suspense>
  ) : (
    <Shell />
  )
}

/** Routes are code, one list; what one is looking at lives in the address. */
const root = createRootRoute({ component: Frame, notFoundComponent: Missing, errorComponent: Broken })

const operations = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: OperationsPage,
  validateSearch: operationsSearch,
})
const recordings = createRoute({
  getParentRoute: () => root,
  path: '/recordings',
  validateSearch: recordingsSearch,
  component: lazyRouteComponent(() => import('./features/recordings/index.ts'), 'RecordingsPage'),
})
const recording = createRoute({
  getParentRoute: () => root,
  path: '/recordings/$id',
  validateSearch: recordingSearch,
  component: lazyRouteComponent(() => import('./features/recordings/player-route.ts'), 'RecordingPage'),
})
const fleet = createRoute({
  getParentRoute: () => root,
  path: '/fleet',
  validateSearch: fleetSearch,
  component: lazyRouteComponent(() => import('./features/fleet/index.ts'), 'FleetPage'),
})
const intake = createRoute({
  getParentRoute: () => root,
  path: '/intake',
  validateSearch: intakeSearch,
  component: lazyRouteComponent(() => import('./features/intake/index.ts'), 'IntakePage'),
})
const people = createRoute({
  getParentRoute: () => root,
  path: '/people',
  component: lazyRouteComponent(() => import('./features/people/index.ts'), 'PeoplePage'),
})
const territory = createRoute({
  getParentRoute: () => root,
  path: '/territory',
  component: lazyRouteComponent(() => import('./features/territory/index.ts'), 'TerritoryPage'),
})
const ledger = createRoute({
  getParentRoute: () => root,
  path: '/ledger',
  validateSearch: ledgerSearch,
  component: lazyRouteComponent(() => import('./features/ledger/index.ts'), 'LedgerPage'),
})
const retention = createRoute({
  getParentRoute: () => root,
  path: '/retention',
  validateSearch: retentionSearch,
  component: lazyRouteComponent(() => import('./features/retention/index.ts'), 'RetentionPage'),
})
const completeness = createRoute({
  getParentRoute: () => root,
  path: '/completeness',
  component: lazyRouteComponent(() => import('./features/completeness/index.ts'), 'CompletenessPage'),
})
const oversight = createRoute({
  getParentRoute: () => root,
  path: '/oversight',
  validateSearch: oversightSearch,
  component: lazyRouteComponent(() => import('./features/oversight/index.ts'), 'OversightPage'),
})
const ownViews = createRoute({
  getParentRoute: () => root,
  path: '/own-views',
  component: lazyRouteComponent(() => import('./features/oversight/index.ts'), 'OwnViewsPage'),
})
const cases = createRoute({
  getParentRoute: () => root,
  path: '/cases',
  validateSearch: casesSearch,
  component: lazyRouteComponent(() => import('./features/cases/index.ts'), 'CasesPage'),
})
const oneCase = createRoute({
  getParentRoute: () => root,
  path: '/cases/$id',
  component: lazyRouteComponent(() => import('./features/cases/index.ts'), 'CasePage'),
})
const guest = createRoute({
  getParentRoute: () => root,
  path: '/guest',
  component: lazyRouteComponent(() => import('./features/guest/index.ts'), 'GuestCasePage'),
})
const guestRecording = createRoute({
  getParentRoute: () => root,
  path: '/guest/recordings/$id',
  component: lazyRouteComponent(() => import('./features/guest/index.ts'), 'GuestRecordingPage'),
})
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(() => import('./features/settings/index.ts'), 'SettingsPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    operations,
    recordings,
    recording,
    cases,
    oneCase,
    guest,
    guestRecording,
    fleet,
    intake,
    people,
    territory,
    retention,
    completeness,
    oversight,
    ownViews,
    ledger,
    settings,
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
