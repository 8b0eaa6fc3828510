import { Button } from '@sereno/ui'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import css from './page.module.css'
import { useShellText } from './text.ts'

/** One screen failed; the room around it stands. */
export function Broken(): ReactElement {
  const text = useShellText().broken
  return (
    <main className={css.notice}>
      <h1>{text.title}</h1>
      <p>{text.body}</p>
      <Button onPress={() => location.reload()}>{text.again}</Button>
    </main>
  )
}

export function Missing(): ReactElement {
  const text = useShellText().missing
  return (
    <main className={css.notice}>
      <h1>{text.title}</h1>
      <p>{text.body}</p>
      <Link to="/">{text.go}</Link>
    </main>
  )
}
