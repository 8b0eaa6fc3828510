import { residents } from '../residents/index.ts'

export const completeness = `completeness ${residents}`
