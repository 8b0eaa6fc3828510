import { tracks } from '../tracks/index.ts'

export const fleet = `fleet ${tracks}`
