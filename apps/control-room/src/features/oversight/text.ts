import { useText } from '@sereno/ui'
import { oversightEn } from './text.en.ts'
import { oversightEs } from './text.es.ts'

export type OversightText = typeof oversightEs | typeof oversightEn
export const useOversightText = (): OversightText => useText({ es: oversightEs, en: oversightEn })
