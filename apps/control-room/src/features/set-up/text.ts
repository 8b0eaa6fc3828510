import { useText } from '@sereno/ui'
import { setUpEn } from './text.en.ts'
import { setUpEs } from './text.es.ts'

export const useSetUpText = (): typeof setUpEs | typeof setUpEn => useText({ es: setUpEs, en: setUpEn })
