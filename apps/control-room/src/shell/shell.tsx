import { useLive } from '@sereno/ui'
import { Outlet, useNavigate } from '@tanstack/react-router'
import { type ReactElement, Suspense, useState } from 'react'
import { HelpOverlay } from './help.tsx'
import { LostNotice } from './lost-notice.tsx'
import { Palette } from './palette.tsx'
import { nextRegion } from './regions.ts'
import { SectionRail } from './section-rail.tsx'
import { useSession } from './session.ts'
import css from './shell.module.css'
import { SosBell } from './sos-bell.tsx'
import { useShellText } from './text.ts'
import { turnTheme } from './theme.ts'
import { TopBar } from './top-bar.tsx'
import { openSos } from './urgent.ts'
import { useKeys } from './use-keys.ts'

/** The frame of every screen: bar, the notice of a lost line, the bell, and the keys that act everywhere. */
export function Shell(): ReactElement {
  const text = useShellText()
  const navigate = useNavigate()
  const { live } = useSession()
  const [palette, setPalette] = useState(false)
  const [help, setHelp] = useState(false)
  const offline = useLive(live.connection.line).state === 'lost'
  useKeys('everywhere', {
    palette: () => setPalette(true),
    help: () => setHelp(true),
    theme: turnTheme,
    region: () => nextRegion(false),
    room: () => void navigate({ to: '/' }),
    sos: () => openSos(live.room.alarms.get(), (alarm) => void navigate({ to: '/', search: { alarm, watch: true } })),
  })
  return (
    <div className={css.shell} data-offline={offline}>
      <a className={css.skip} href="#content">
        {text.skip}
      </a>
      <TopBar onPalette={() => setPalette(true)} />
      <div className={css.notices}>
        <LostNotice />
        <SosBell />
      </div>
      <SectionRail />
      <div className={css.content} id="content" tabIndex={-1}>
        <Suspense fallback={<p className={css.loading}>{text.loading}…</p>}>
          <Outlet />
        </Suspense>
      </div>
      {palette ? <Palette onClose={() => setPalette(false)} onHelp={() => setHelp(true)} /> : null}
      <HelpOverlay open={help} onClose={() => setHelp(false)} />
    </div>
  )
}
