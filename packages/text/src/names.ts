import { kindsEn, kindsEs } from './kinds.ts'
import type { Language } from './language.ts'
import { namesEn } from './names.en.ts'
import { namesEs } from './names.es.ts'
import type { Worded } from './worded.ts'

export type Names = Worded<typeof namesEs>

/** Names of roles, purposes, categories, states and reasons in the reader's language. */
export const names = (language: Language): Names => (language === 'es' ? namesEs : namesEn)

/** What a ledger entry's kind says as a deed. A kind this catalogue does not know is shown as it is. */
export function kindName(kind: string, language: Language): string {
  const catalogue: Readonly<Record<string, string>> = language === 'es' ? kindsEs : kindsEn
  return catalogue[kind] ?? kind
}
