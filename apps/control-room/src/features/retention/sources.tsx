import type { ReactElement } from 'react'
import css from './retention.module.css'
import { useRetentionText } from './text.ts'
import { normOf, type Source } from './words.ts'

/** Norm and article, and how sure it is: never a number without both. */
export function Sources({ sources }: { readonly sources: readonly Source[] }): ReactElement {
  const text = useRetentionText().confidence
  return (
    <span className={css.norm}>
      {sources.map((source) => (
        <span key={normOf(source)}>
          {normOf(source)} <span className={css.certain}>({text[source.confidence]})</span>
        </span>
      ))}
    </span>
  )
}
