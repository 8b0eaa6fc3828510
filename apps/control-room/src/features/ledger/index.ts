export { LedgerPage } from './ledger-page.tsx'
export { WitnessChanges } from './witness-changes.tsx'
