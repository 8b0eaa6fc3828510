import { hourAndMinute, percent } from '@sereno/text'
import type { ReactNode } from 'react'
import { useText, useTicking, useView } from './context.ts'
import { Icon } from './icons.tsx'

const freshFixMs = 20_000

/** What a radio operator would ask for: time, place, network, battery. */
export function Strip({ children }: { readonly children?: ReactNode }) {
  const text = useText()
  const { battery, engine, fix, network, choices } = useView()
  const clock = useTicking<HTMLTimeElement>((element) => {
    element.textContent = hourAndMinute(Date.now(), timeZoneOf(engine.self?.municipality.timeZone), choices.language)
  })
  const isAway = engine.phase === 'enrolled' && !engine.reached
  const hasFix = fix !== null && Date.now() - fix.atMs < freshFixMs * 3
  return (
    <header className="strip">
      <time ref={clock} />
      {children ?? (
        <>
          <span>
            <Icon name="gps" label={text.strip.gps} />
            {hasFix ? `±${Math.round(fix.accuracyM)}\u00a0m` : text.strip.noGps}
          </span>
          <span>
            <Icon name={isAway ? 'nosignal' : 'signal'} />
            {isAway ? text.strip.noNetwork : networkName(network, text.strip)}
          </span>
          {battery === null ? null : (
            <span>
              <Icon name="battery" label={battery.charging ? text.strip.charging : text.strip.battery} />
              {percent(battery.percent, choices.language)}
            </span>
          )}
        </>
      )}
    </header>
  )
}

function networkName(network: string | null, text: { readonly network: string; readonly wifi: string }): string {
  return network === 'wifi' ? text.wifi : network === null ? text.network : network.toUpperCase()
}

/** The municipality's zone, or the phone's own before it is known. */
export function timeZoneOf(timeZone: string | undefined): string {
  return timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
}
