import type { ReactElement } from 'react'
import css from './icon.module.css'
import { drawingOf, type IconName } from './icons.ts'

type IconProps = {
  readonly name: IconName
  /** Said aloud; without it the icon repeats a word beside it and stays silent. */
  readonly label?: string
  readonly size?: 's' | 'm' | 'l'
  readonly tone?: 'ok' | 'warning' | 'critical' | 'info' | 'accent' | 'stale' | 'recording'
}

export function Icon({ name, label, size = 'm', tone }: IconProps): ReactElement {
  const className = `${css.icon} ${css[size]}`
  if (label === undefined) {
    return (
      <svg className={className} viewBox="0 0 16 16" data-tone={tone} aria-hidden="true">
        <Drawn name={name} />
      </svg>
    )
  }
  return (
    <svg className={className} viewBox="0 0 16 16" data-tone={tone} role="img" aria-label={label}>
      <Drawn name={name} />
    </svg>
  )
}

function Drawn({ name }: { readonly name: IconName }): ReactElement {
  const { line, solid, dash } = drawingOf(name)
  return (
    <>
      {line === undefined ? null : <path d={line} strokeDasharray={dash} />}
      {solid === undefined ? null : <path className={css.solid} d={solid} />}
    </>
  )
}
