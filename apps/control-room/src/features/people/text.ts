import { useText } from '@sereno/ui'
import { peopleEn } from './text.en.ts'
import { peopleEs } from './text.es.ts'

export const usePeopleText = (): typeof peopleEs | typeof peopleEn => useText({ es: peopleEs, en: peopleEn })
