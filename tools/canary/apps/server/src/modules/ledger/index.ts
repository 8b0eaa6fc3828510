import { identity } from '../identity/index.ts'

export const ledger = `ledger ${identity}`
