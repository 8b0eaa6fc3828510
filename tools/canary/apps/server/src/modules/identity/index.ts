import { territory } from '../territory/index.ts'

export const identity = `identity ${territory}`
