import { live } from '../live/index.ts'

export const evidence = `evidence ${live}`
