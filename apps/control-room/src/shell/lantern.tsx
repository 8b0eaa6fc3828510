import { Icon } from '@sereno/ui'
import type { ReactElement, ReactNode } from 'react'
import css from './lantern.module.css'

/** The empty doorway: shown for the moment before anything is known, and when the server does not answer. */
export const Lantern = ({ children }: { readonly children?: ReactNode }): ReactElement => (
  <main className={css.doorway}>
    <p className={css.brand}>
      <Icon name="lantern" tone="accent" />
      Sereno
    </p>
    {children}
  </main>
)
