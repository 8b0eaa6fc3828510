import { names } from '@sereno/text'
import { Age, Icon, Kbd, useLanguage, useLive } from '@sereno/ui'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { ConnectionFact, UnitsFact } from './bar-facts.tsx'
import { Clock } from './clock.tsx'
import { keyPrint } from './keys.ts'
import { useSession } from './session.ts'
import { TaskFact } from './task-fact.tsx'
import { useShellText } from './text.ts'
import css from './top-bar.module.css'

/** Who is here, since when, and whether what one sees can be believed. */
export function TopBar({ onPalette }: { readonly onPalette: () => void }): ReactElement {
  const text = useShellText()
  const language = useLanguage()
  const { me, live } = useSession()
  const offline = useLive(live.connection.line).state === 'lost'
  const role = me.account.roles[0]
  return (
    <header className={css.bar}>
      <Link to="/" className={css.brand}>
        <Icon name="lantern" tone="accent" />
        <span>{text.product}</span>
      </Link>
      {me.municipality.fictitious ? (
        <abbr className={css.fictitious} title={text.fictitiousWhy}>
          {text.fictitious}
        </abbr>
      ) : null}
      <button className={css.command} type="button" onClick={onPalette} aria-keyshortcuts="Control+K">
        <Icon name="search" />
        <span>{offline ? text.searchOffline : text.search}</span>
        <Kbd keys={keyPrint('palette', language)} />
      </button>
      <TaskFact />
      <UnitsFact />
      <ConnectionFact />
      <p className={css.fact}>
        <Link to="/settings" className={css.person}>
          {me.account.name}
        </Link>
        <span>
          {role === undefined ? '' : names(language).role[role]} · {text.sinceShift}{' '}
          <Age at={me.session.startedAt} bare />
        </span>
      </p>
      <Clock offline={offline} />
    </header>
  )
}
