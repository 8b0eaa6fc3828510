import type { Language } from '@sereno/text'
import type { Audit, Finding } from './audit.ts'

const es = {
  good: (size: number, cosigned: number) =>
    `Consistente hasta el asiento ${size}; ${cosigned === 0 ? 'sin testigos' : cosigned === 1 ? 'con un testigo' : `con ${cosigned} testigos`}.`,
  shrunk: (kept: number, size: number) => `El libro retrocedió: tenía ${kept} asientos y ahora muestra ${size}.`,
  forked: (size: number) => `El libro se bifurcó: sus asientos no llevan a la raíz que firmó con ${size}.`,
  'rewritten-leaf': (index: number) => `El asiento ${index} fue reescrito: ya no es el que esta copia guardó.`,
  'missing-leaf': (index: number) => `El asiento ${index} falta: el libro lo firmó y no lo muestra.`,
  'bad-signature': (why: string) => `El punto de control no está bien firmado (${why}).`,
  'missing-cosignatures': (have: number, want: number) => `Lo publicado lleva ${have} testigos y deben ser ${want}.`,
  stale: (ageS: number, entries: number) => `Hay ${entries} asientos sin publicar desde hace ${ageS} segundos.`,
  unreachable: (why: string) => `No se llega al libro (${why}).`,
  'not-continued': (index: number) => `El libro que continúa no trae el asiento ${index} del anterior como era.`,
  continued: (origin: string) =>
    `El libro continúa como ${origin}: lo dice su último asiento, firmado con las claves conocidas.`,
  keysSeen: 'Claves del libro, vistas por primera vez y creídas desde ahora. Compárelas con la gaceta:',
}

const en: typeof es = {
  good: (size, cosigned) =>
    `Consistent up to entry ${size}; ${cosigned === 0 ? 'no witnesses' : cosigned === 1 ? 'one witness' : `${cosigned} witnesses`}.`,
  shrunk: (kept, size) => `The log went back: it had ${kept} entries and now shows ${size}.`,
  forked: (size) => `The log forked: its entries do not lead to the root that it signed with ${size}.`,
  'rewritten-leaf': (index) => `Entry ${index} was rewritten: it is no longer the one that this copy holds.`,
  'missing-leaf': (index) => `Entry ${index} is missing: the log signed it and does not show it.`,
  'bad-signature': (why) => `The checkpoint is not well signed (${why}).`,
  'missing-cosignatures': (have, want) => `What is published carries ${have} witnesses, and ${want} are demanded.`,
  stale: (ageS, entries) => `${entries} entries have not been published for ${ageS} seconds.`,
  unreachable: (why) => `The log cannot be reached (${why}).`,
  'not-continued': (index) => `The log that goes on does not hold entry ${index} of the one before as it was.`,
  continued: (origin) => `The log goes on as ${origin}: its last entry says so, under the known keys.`,
  keysSeen: 'Keys of the log, seen for the first time and believed from now on. Compare them with the gazette:',
}

export type MirrorWords = typeof es

export const mirrorWords = (language: Language): MirrorWords => (language === 'en' ? en : es)

export function auditSentence(words: MirrorWords, { size, cosigned, findings }: Audit): string {
  const [first] = findings
  return first === undefined
    ? words.good(size, cosigned)
    : findings.map((finding) => sentence(words, finding)).join(' ')
}

function sentence(words: MirrorWords, finding: Finding): string {
  switch (finding.code) {
    case 'shrunk':
      return words.shrunk(finding.kept, finding.size)
    case 'forked':
      return words.forked(finding.size)
    case 'rewritten-leaf':
    case 'missing-leaf':
    case 'not-continued':
      return words[finding.code](finding.index)
    case 'bad-signature':
    case 'unreachable':
      return words[finding.code](finding.why)
    case 'missing-cosignatures':
      return words['missing-cosignatures'](finding.have, finding.want)
    case 'stale':
      return words.stale(finding.ageS, finding.entries)
  }
}
