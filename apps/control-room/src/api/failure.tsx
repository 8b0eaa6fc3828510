import { errorWords, unavailableWords } from '@sereno/text'
import { Icon, useLanguage } from '@sereno/ui'
import type { ReactElement } from 'react'
import { CallFailed, unreachable } from './call.ts'
import css from './failure.module.css'

/** What happened and what to do now, in the place where the action was. */
export function Failure({ error }: { readonly error: unknown }): ReactElement | null {
  const language = useLanguage()
  if (error === null || error === undefined) {
    return null
  }
  const code = error instanceof CallFailed ? error.code : 'window'
  const words = code === unreachable ? unavailableWords(language) : errorWords(code, language)
  return (
    <p role="alert" className={css.failure}>
      <Icon name="warning" tone="warning" />
      <span>
        <b>{words.title}</b> {words.next}
      </span>
    </p>
  )
}
