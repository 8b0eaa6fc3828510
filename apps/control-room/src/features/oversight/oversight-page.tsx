import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import page from '../../shell/page.module.css'
import { useMay } from '../../shell/session.ts'
import css from './oversight.module.css'
import { ReviewsPart } from './reviews-part.tsx'
import { useOversightText } from './text.ts'
import { ViewsPart } from './views-part.tsx'

/** Who watches those who watch: reviews that wait, and the log of looks. */
export function OversightPage(): ReactElement {
  const text = useOversightText()
  const search = useSearch({ from: '/oversight' })
  const navigate = useNavigate({ from: '/oversight' })
  const mayViews = useMay('view.read')
  const isViews = mayViews && search.part === 'views'
  return (
    <main className={page.page}>
      <div>
        <div className={page.head}>
          <h1>{text.title}</h1>
          <p>{text.what}</p>
        </div>
        {mayViews ? (
          <div className={page.tabs}>
            <button type="button" aria-pressed={!isViews} onClick={() => void navigate({ search: {} })}>
              {text.parts.reviews}
            </button>
            <button type="button" aria-pressed={isViews} onClick={() => void navigate({ search: { part: 'views' } })}>
              {text.parts.views}
            </button>
          </div>
        ) : null}
      </div>
      <div className={css.body}>{isViews ? <ViewsPart search={search} /> : <ReviewsPart />}</div>
    </main>
  )
}
