import { useText } from '@sereno/ui'
import { settingsEn } from './text.en.ts'
import { settingsEs } from './text.es.ts'

export const useSettingsText = (): typeof settingsEs | typeof settingsEn => useText({ es: settingsEs, en: settingsEn })
