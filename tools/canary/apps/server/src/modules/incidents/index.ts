import { cases } from '../cases/index.ts'

export const incidents = `incidents ${cases}`
