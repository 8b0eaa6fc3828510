import { fleet } from '../fleet/index.ts'

export const territory = `territory ${fleet}`
