import type { RefusalCode } from '@sereno/contracts'
import { errorsEn } from './errors.en.ts'
import { errorsEs } from './errors.es.ts'
import type { Language } from './language.ts'
import type { RefusalWords } from './refusal-words.ts'

/** Words for a refusal. An unknown code (a newer server) still gets a sentence and keeps its code in sight. */
export function errorWords(code: string, language: Language): RefusalWords {
  const catalogue: Readonly<Record<RefusalCode, RefusalWords>> = language === 'es' ? errorsEs : errorsEn
  return Object.hasOwn(catalogue, code) ? catalogue[code as RefusalCode] : unknownWords(code, language)
}

/** Words for a collaborator that failed (503) or a connection that is not there. */
export function unavailableWords(language: Language): RefusalWords {
  return language === 'es'
    ? { title: 'El servidor no responde.', next: 'Nada de lo escrito se perdió: espere unos segundos y repita.' }
    : { title: 'The server does not answer.', next: 'Nothing you typed is lost: wait a few seconds and try again.' }
}

function unknownWords(code: string, language: Language): RefusalWords {
  return language === 'es'
    ? { title: `Algo falló en el servidor (${code}).`, next: 'Repita; si vuelve a pasar, anote el código y avise.' }
    : {
        title: `Something failed on the server (${code}).`,
        next: 'Try again; if it recurs, note the code and report it.',
      }
}
