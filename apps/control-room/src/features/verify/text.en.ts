import type { es } from './text.es.ts'

export const en: typeof es = {
  open: 'Offline verifier',
  save: 'save it on a USB stick',
}
