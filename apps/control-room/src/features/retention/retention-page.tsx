import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import page from '../../shell/page.module.css'
import { BatchesView } from './batches-view.tsx'
import { Figures } from './figures.tsx'
import { HoldsView } from './holds-view.tsx'
import { LeavingView } from './leaving-view.tsx'
import css from './retention.module.css'
import { RulesView } from './rules-view.tsx'
import { useRetentionText } from './text.ts'

const views = { leaving: LeavingView, rules: RulesView, holds: HoldsView, batches: BatchesView } as const
type View = keyof typeof views
const names = ['leaving', 'rules', 'holds', 'batches'] as const satisfies readonly View[]

/** How long recordings are kept, what holds them back, and how they end. */
export function RetentionPage(): ReactElement {
  const text = useRetentionText()
  const search = useSearch({ from: '/retention' })
  const navigate = useNavigate({ from: '/retention' })
  const view: View = search.view ?? 'leaving'
  const Shown = views[view]
  return (
    <main className={`${page.page} ${css.page}`}>
      <div className={page.head}>
        <h1>{text.title}</h1>
        <p>{text.what}</p>
      </div>
      <Figures />
      <nav className={page.tabs} aria-label={text.tabs.label}>
        {names.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={view === name}
            onClick={() => void navigate({ search: name === 'leaving' ? {} : { view: name } })}
          >
            {text.tabs[name]}
          </button>
        ))}
      </nav>
      <Shown />
    </main>
  )
}
