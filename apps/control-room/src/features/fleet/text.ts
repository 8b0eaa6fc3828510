import { useText } from '@sereno/ui'
import { fleetEn } from './text.en.ts'
import { fleetEs } from './text.es.ts'

export const useFleetText = (): typeof fleetEs | typeof fleetEn => useText({ es: fleetEs, en: fleetEn })
