import { readFileSync } from 'node:fs'

export const media = readFileSync
