import { Button, Icon, useLanguage } from '@sereno/ui'
import { Navigate, Outlet, useLocation } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { turnLanguage } from '../../shell/language.ts'
import { useSession } from '../../shell/session.ts'
import { signOut } from '../../shell/sign-out.ts'
import { guestViewer, ViewerContext } from '../recordings/player/viewer.ts'
import css from './guest.module.css'
import { useGuestText } from './text.ts'

/** The frame of an outside account: one case, the reader's name, the way out. Every other address leads back to it. */
export function GuestShell(): ReactElement {
  const text = useGuestText()
  const language = useLanguage()
  const { me } = useSession()
  const { pathname } = useLocation()
  if (!pathname.startsWith('/guest')) {
    return <Navigate to="/guest" replace />
  }
  return (
    <ViewerContext value={guestViewer}>
      <div className={css.shell}>
        <header className={css.bar}>
          <span className={css.brand}>
            <Icon name="lantern" tone="accent" /> Sereno
          </span>
          {me.municipality.fictitious ? (
            <span className={css.fictitious}>{me.municipality.name}</span>
          ) : (
            <span>{me.municipality.name}</span>
          )}
          <span className={css.who}>{me.account.name}</span>
          <Button look="quiet" onPress={() => turnLanguage(language)}>
            {language === 'es' ? 'English' : 'Español'}
          </Button>
          <Button look="quiet" onPress={signOut}>
            {text.signOut}
          </Button>
        </header>
        <Outlet />
      </div>
    </ViewerContext>
  )
}
