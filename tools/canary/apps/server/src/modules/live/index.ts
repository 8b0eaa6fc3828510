import { incidents } from '../incidents/index.ts'

export const live = `live ${incidents}`
