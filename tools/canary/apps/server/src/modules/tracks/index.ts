import { evidence } from '../evidence/index.ts'

export const tracks = `tracks ${evidence}`
