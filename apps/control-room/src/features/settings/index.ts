export { FactorDoor, FactorProof } from './factor-door.tsx'
export { SettingsPage } from './settings-page.tsx'
