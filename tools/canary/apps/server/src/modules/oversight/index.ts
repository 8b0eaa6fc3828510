import { insight } from '../insight/index.ts'

export const oversight = `oversight ${insight}`
