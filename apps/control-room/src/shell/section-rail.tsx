import { Icon } from '@sereno/ui'
import { Link, useLocation } from '@tanstack/react-router'
import { type ReactElement, useEffect, useRef } from 'react'
import css from './section-rail.module.css'
import { sectionsFor } from './sections.ts'
import { useSession } from './session.ts'
import { useShellText } from './text.ts'

/**
 * Every section the person may open, each with its name, always in sight: a column at the left, on a phone a strip at
 * the thumb that scrolls sideways. A dozen sections fit without a menu that hides some of them.
 */
export function SectionRail(): ReactElement {
  const text = useShellText()
  const { me } = useSession()
  const rail = useRef<HTMLElement>(null)
  const { pathname } = useLocation()
  useEffect(() => {
    const here = rail.current?.querySelector(`[href="/${pathname.split('/')[1] ?? ''}"]`)
    here?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [pathname])
  return (
    <nav ref={rail} className={css.rail} aria-label={text.navigation} data-region="sections">
      {sectionsFor(me.permissions).map(({ name, to, icon }) => (
        <Link key={name} to={to} activeOptions={{ exact: to === '/', includeSearch: false }}>
          <Icon name={icon} />
          <span>{text.sections[name]}</span>
        </Link>
      ))}
    </nav>
  )
}
