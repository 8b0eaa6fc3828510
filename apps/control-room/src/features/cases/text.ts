import { useText } from '@sereno/ui'
import { casesEn } from './text.en.ts'
import { casesEs } from './text.es.ts'

export type CasesText = typeof casesEs | typeof casesEn
export const useCasesText = (): CasesText => useText({ es: casesEs, en: casesEn })
