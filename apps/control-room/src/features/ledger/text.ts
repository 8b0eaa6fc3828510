import { useText } from '@sereno/ui'
import { ledgerEn } from './text.en.ts'
import { ledgerEs } from './text.es.ts'

export const useLedgerText = (): typeof ledgerEs | typeof ledgerEn => useText({ es: ledgerEs, en: ledgerEn })
