import { useText } from '@sereno/ui'
import { completenessEn } from './text.en.ts'
import { completenessEs } from './text.es.ts'

export type CompletenessText = typeof completenessEs | typeof completenessEn
export const useCompletenessText = (): CompletenessText => useText({ es: completenessEs, en: completenessEn })
