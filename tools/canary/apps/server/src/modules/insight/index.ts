import { transparency } from '../transparency/index.ts'

export const insight = `insight ${transparency}`
