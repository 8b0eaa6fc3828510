import type { ReactElement } from 'react'
import css from './kbd.module.css'

/** A key beside what it does. Silent: the same key is told by `aria-keyshortcuts` on the thing itself. */
export const Kbd = ({ keys }: { readonly keys: string }): ReactElement => (
  <span className={css.kbd} data-kbd aria-hidden="true">
    {keys}
  </span>
)
