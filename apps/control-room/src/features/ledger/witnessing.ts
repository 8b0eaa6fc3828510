import { asked } from '../../api/queries.ts'

export const witnessingAsked = { ...asked('GET /ledger/witnessing', {}), refetchInterval: 15_000 }
