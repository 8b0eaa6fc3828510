import { retention } from '../retention/index.ts'

export const cases = `cases ${retention}`
