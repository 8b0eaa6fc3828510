import { residents } from '../residents/index.ts'

export const incidents = `incidents ${residents}`
