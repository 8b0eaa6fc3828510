export { FleetPage } from './fleet-page.tsx'
