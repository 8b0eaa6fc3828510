import { useText } from '@sereno/ui'
import { operationsEn } from './text.en.ts'
import { operationsEs } from './text.es.ts'

export const useOperationsText = (): typeof operationsEs | typeof operationsEn =>
  useText({ es: operationsEs, en: operationsEn })
