import { oversight } from '../oversight/index.ts'

export const residents = `residents ${oversight}`
