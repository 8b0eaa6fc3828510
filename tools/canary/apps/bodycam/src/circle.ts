import { wheel } from './wheel.ts'

export const circle = () => wheel
