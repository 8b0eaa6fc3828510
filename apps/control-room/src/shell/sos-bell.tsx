import { Icon, Kbd, useLanguage, useLive, useText } from '@sereno/ui'
import { Link, useRouterState } from '@tanstack/react-router'
import { type ReactElement, useEffect } from 'react'
import { createBell } from './bell.ts'
import { keyPrint } from './keys.ts'
import { useSession } from './session.ts'
import css from './sos-bell.module.css'
import { useShellText } from './text.ts'
import { openSosAlarms } from './urgent.ts'

const ringEveryMs = 5_000
const words = {
  es: { who: 'SOS', nobody: 'Nadie lo atiende', open: 'Abrir', more: (n: number) => `y ${n} más` },
  en: { who: 'SOS', nobody: 'Nobody has taken it', open: 'Open', more: (n: number) => `and ${n} more` },
}

/**
 * What cannot be missed, wherever one is: title of the window, sound until a person takes it, and outside the room a
 * solid bar that pushes the page and never covers it. In the room the queue's own block is that bar.
 */
export function SosBell(): ReactElement | null {
  const text = useShellText()
  const language = useLanguage()
  const own = useText(words)
  const { live } = useSession()
  const open = openSosAlarms(useLive(live.room.alarms))
  const untaken = open.filter(({ acknowledgedAt }) => acknowledgedAt === null)
  const first = open[0]
  const ringing = untaken.length > 0
  const inRoom = useRouterState({ select: ({ location }) => location.pathname === '/' })
  useEffect(() => {
    document.title =
      first === undefined ? text.title : `${text.sosTitle(open.length, first.officer?.code ?? '')} · ${text.title}`
  }, [first, open.length, text])
  useEffect(() => {
    if (!ringing) {
      return
    }
    const bell = createBell()
    bell.ring()
    const timer = setInterval(bell.ring, ringEveryMs)
    return () => {
      clearInterval(timer)
      bell.dispose()
    }
  }, [ringing])
  const newest = untaken[0]
  if (newest === undefined) {
    return <div role="alert" />
  }
  return (
    <div role="alert" className={inRoom ? 'visually-hidden' : css.bar}>
      <Icon name="sos" size="l" />
      <p>
        <b>
          {own.who} {newest.officer?.code} {newest.officer?.name}
        </b>{' '}
        {newest.place ?? ''} · {own.nobody} {untaken.length > 1 ? own.more(untaken.length - 1) : ''}
      </p>
      <Link to="/" search={{ alarm: newest.id, watch: true }}>
        {own.open} <Kbd keys={keyPrint('sos', language)} />
      </Link>
    </div>
  )
}
