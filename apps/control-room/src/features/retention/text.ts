import { useText } from '@sereno/ui'
import { retentionEn } from './text.en.ts'
import { retentionEs } from './text.es.ts'

export type RetentionText = typeof retentionEs | typeof retentionEn
export const useRetentionText = (): RetentionText => useText({ es: retentionEs, en: retentionEn })
