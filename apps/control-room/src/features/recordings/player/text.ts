import { useText } from '@sereno/ui'
import { playerEn } from './text.en.ts'
import { playerEs } from './text.es.ts'

export const usePlayerText = (): typeof playerEs | typeof playerEn => useText({ es: playerEs, en: playerEn })
