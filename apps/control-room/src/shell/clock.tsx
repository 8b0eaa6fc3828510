import { cityOf, shortDate, timeOfDay } from '@sereno/text'
import { now, useLanguage, useTicking } from '@sereno/ui'
import type { ReactElement } from 'react'
import { useTimeZone } from './session.ts'
import { useShellText } from './text.ts'
import css from './top-bar.module.css'

/** The municipality's wall clock, by the server's time; without a server, by this machine's, and it says so. */
export function Clock({ offline }: { readonly offline: boolean }): ReactElement {
  const zone = useTimeZone()
  const language = useLanguage()
  const text = useShellText()
  const time = useTicking<HTMLTimeElement>((element) => {
    element.textContent = timeOfDay(now(), zone, language)
  })
  const day = useTicking<HTMLSpanElement>((element) => {
    element.textContent = offline ? text.machineTime : `${shortDate(now(), zone, language)} · ${cityOf(zone)}`
  })
  return (
    <p className={css.clock}>
      <time ref={time} />
      <span ref={day} />
    </p>
  )
}
