import { useText } from '@sereno/ui'
import { territoryEn } from './text.en.ts'
import { territoryEs } from './text.es.ts'

export const useTerritoryText = (): typeof territoryEs | typeof territoryEn =>
  useText({ es: territoryEs, en: territoryEn })
