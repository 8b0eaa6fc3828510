import { completeness } from '../completeness/index.ts'

export const retention = `retention ${completeness}`
