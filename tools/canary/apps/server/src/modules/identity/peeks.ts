import { store } from '../ledger/store.ts'

export const peeks = store
