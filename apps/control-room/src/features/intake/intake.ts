import type { Reply } from '../../api/api.ts'

export type Intake = Reply<'GET /intake'>
export type Source = Intake['sources'][number]
