import { circle } from './circle.ts'

export const wheel = () => circle
