import type { ReactNode } from 'react'
import { usePhone, useText, useTicking, useView } from './context.ts'
import { Hold } from './hold.tsx'
import { Icon } from './icons.tsx'

/** The thumb's half: a disc, two corners and the moon. Nothing here moves from state to state. */
export function Deck({ disc, right }: { readonly disc: ReactNode; readonly right: 'shift' | 'mark' | 'stop' }) {
  const phone = usePhone()
  const text = useText()
  return (
    <footer className="deck">
      {disc}
      <Hold className="corner sos" forMs={2000} onHeld={phone.raiseSos} quiet>
        <b>{text.deck.sos}</b>
        <span>{text.deck.hold2}</span>
      </Hold>
      <button type="button" className="dim" onClick={() => phone.dim(true)}>
        <Icon name="moon" />
        {text.deck.dim}
      </button>
      {right === 'stop' ? (
        <Hold className="corner mark hold" forMs={2000} onHeld={phone.stop}>
          <b>{text.deck.finish}</b>
          <span>{text.deck.hold2}</span>
        </Hold>
      ) : right === 'mark' ? (
        // the moment of the touch, not of the release
        <button
          type="button"
          className="corner mark"
          onPointerDown={() => phone.mark(Date.now())}
          onKeyDown={(event) => (event.key === 'Enter' || event.key === ' ') && !event.repeat && phone.mark(Date.now())}
        >
          <Icon name="flag" />
          <b>{text.deck.mark}</b>
        </button>
      ) : (
        <button type="button" className="corner mark" onClick={() => phone.sheet('shift')}>
          <Icon name="list" />
          <b>{text.deck.shift}</b>
        </button>
      )}
    </footer>
  )
}

/** One touch starts. The ring's ticks are the seconds that are in memory already. */
export function StartDisc({
  word,
  note,
  onTouch,
}: {
  readonly word: string
  readonly note: string
  readonly onTouch?: () => void
}) {
  const phone = usePhone()
  const { engine } = useView()
  const total = engine.self?.settings.preEventSeconds ?? 30
  const ring = useTicking<SVGSVGElement>((element) => {
    const held = Math.min(total, phone.bufferedSeconds())
    const part = total === 0 ? 0 : held / total
    element.querySelector('.full')?.setAttribute('stroke-dasharray', ticks(total, Math.round(part * total)))
  })
  return (
    <button type="button" className="disc start" onClick={onTouch ?? phone.record}>
      {onTouch === undefined ? (
        <svg className="ring" viewBox="0 0 100 100" aria-hidden="true" ref={ring}>
          <circle className="waits" cx="50" cy="50" r="48" pathLength={total * 4} strokeDasharray="2.4 1.6" />
          <circle className="full" cx="50" cy="50" r="48" pathLength={total * 4} />
        </svg>
      ) : null}
      <b>{word}</b>
      <span>{note}</span>
    </button>
  )
}

export function StopDisc() {
  const phone = usePhone()
  const text = useText()
  return (
    <Hold className="disc stop" forMs={2000} onHeld={phone.stop}>
      <svg className="ring" viewBox="0 0 100 100" aria-hidden="true">
        <circle cx="50" cy="50" r="48" pathLength="100" />
      </svg>
      <b>{text.deck.finish}</b>
      <span>{text.deck.hold2}</span>
    </Hold>
  )
}

function ticks(total: number, full: number): string {
  return full === 0 ? `0 ${total * 4}` : `${'2.4 1.6 '.repeat(full)}0 ${(total - full) * 4}`
}
