import type { Language } from '@sereno/text'
import type { Followed } from './follow.ts'

const es = {
  who: (name: string) => `Testigo «${name}». Entregue estas claves al municipio y publíquelas donde otros las lean:`,
  log: (origin: string, size: number) =>
    `Libro ${origin}: ${size === 0 ? 'todavía sin atestiguar' : `atestiguado hasta ${size}`}.`,
  firstSeen: 'Claves del libro, vistas por primera vez. Compárelas con la gaceta o el acta de entrega:',
  listening: (url: string) => `Escucha en ${url}/add-checkpoint`,
  notListening: (address: string) => `${address} está ocupado: no escucha, sigue yendo a buscar.`,
  cosigned: (size: number) => `Atestiguado hasta el asiento ${size}.`,
  shrank: (kept: number, size: number) =>
    `EL LIBRO RETROCEDIÓ: mostró ${kept} asientos y ahora muestra ${size}. No se atestigua. Guarde esta línea y avise.`,
  forked: (kept: number, size: number) =>
    `EL LIBRO CAMBIÓ SU PASADO: lo que muestra con ${size} asientos no continúa lo atestiguado con ${kept}. No se atestigua.`,
  continued: (origin: string) =>
    `El libro continúa como ${origin}: lo dice su último asiento, firmado con las claves conocidas.`,
  'bad-signature': 'El punto de control no lleva la firma de las claves conocidas de este libro.',
  'not-accepted': 'El municipio no tiene las claves de este testigo: entréguele las de arriba.',
  unreachable: 'No se llega al libro.',
}

const en: typeof es = {
  who: (name) => `Witness "${name}". Give these keys to the municipality and publish them where others read them:`,
  log: (origin, size) => `Log ${origin}: ${size === 0 ? 'nothing attested yet' : `attested up to ${size}`}.`,
  firstSeen: 'Keys of the log, seen for the first time. Compare them with the gazette or the hand-over record:',
  listening: (url) => `Listening at ${url}/add-checkpoint`,
  notListening: (address) => `${address} is taken: not listening, still fetching.`,
  cosigned: (size) => `Attested up to entry ${size}.`,
  shrank: (kept, size) =>
    `THE LOG WENT BACK: it showed ${kept} entries and now shows ${size}. Not attested. Keep this line and tell others.`,
  forked: (kept, size) =>
    `THE LOG CHANGED ITS PAST: what it shows with ${size} entries does not continue what was attested with ${kept}. Not attested.`,
  continued: (origin) => `The log goes on as ${origin}: its last entry says so, under the known keys.`,
  'bad-signature': 'The checkpoint is not signed by the known keys of this log.',
  'not-accepted': 'The municipality does not have the keys of this witness: give it those above.',
  unreachable: 'The log cannot be reached.',
}

export type WitnessWords = typeof es

export const witnessWords = (language: Language): WitnessWords => (language === 'en' ? en : es)

/** One sentence for a round; null when there is nothing to say. */
export function followedSentence(words: WitnessWords, followed: Followed): string | null {
  switch (followed.told) {
    case 'nothing-new':
      return null
    case 'cosigned':
      return words.cosigned(followed.size)
    case 'continued':
      return words.continued(followed.successor.origin)
    case 'shrank':
    case 'forked':
      return words[followed.told](followed.kept, followed.size)
    default:
      return `${words[followed.told]} (${followed.detail})`
  }
}
