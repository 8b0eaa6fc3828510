import { intake } from '../intake/index.ts'

export const evidence = `evidence ${intake}`
