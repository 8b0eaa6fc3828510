import { useText } from '@sereno/ui'
import { shellEn } from './text.en.ts'
import { shellEs } from './text.es.ts'

export const useShellText = (): typeof shellEs | typeof shellEn => useText({ es: shellEs, en: shellEn })
