import { store } from './modules/ledger/store.ts'

export const app = store
