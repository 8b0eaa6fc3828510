import { useText } from '@sereno/ui'
import { intakeEn } from './text.en.ts'
import { intakeEs } from './text.es.ts'

export type IntakeText = typeof intakeEs | typeof intakeEn
export const useIntakeText = (): IntakeText => useText({ es: intakeEs, en: intakeEn })
