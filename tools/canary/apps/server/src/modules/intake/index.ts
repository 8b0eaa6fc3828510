import { live } from '../live/index.ts'

export const intake = `intake ${live}`
