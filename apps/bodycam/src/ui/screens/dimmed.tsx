import { usePhone, useText, useTicking, useView } from '../context.ts'
import { Hold } from '../hold.tsx'
import { Icon } from '../icons.tsx'
import { Timer } from '../parts.tsx'

const shiftsPx = 3

/** Almost no lit pixel, still true. Two touches wake it; the words wander against burn-in. */
export function Dimmed() {
  const phone = usePhone()
  const text = useText()
  const { capture, engine } = useView()
  const watching = engine.watchers?.length ?? 0
  const isOn = capture.kind === 'recording'
  const wander = useTicking<HTMLDivElement>((element) => {
    const minute = Math.floor(Date.now() / 60_000)
    element.style.translate = `${(minute % shiftsPx) - 1}px ${(Math.floor(minute / shiftsPx) % shiftsPx) - 1}px`
  })
  return (
    <main
      className="screen dimmed"
      onDoubleClick={() => phone.dim(false)}
      onKeyDown={(event) => event.key === 'Escape' && phone.dim(false)}
    >
      <div className="dark" ref={wander}>
        <div role="status">
          <h1 className={isOn ? 'word' : 'word quiet'}>
            {isOn ? <i className="square" /> : null}
            {isOn ? text.recording.word : capture.kind === 'ready' ? text.ready.word : text.recording.starting}
          </h1>
        </div>
        {capture.kind === 'ready' ? null : <Timer />}
        {watching === 0 ? null : (
          <p className="eye">
            <Icon name="eye" />
            {watching === 1 ? text.watch.one : text.watch.many(watching)}
          </p>
        )}
      </div>
      <p className="foot">{text.dimmed.foot}</p>
      <Hold
        className="dark-sos"
        forMs={2000}
        onHeld={() => {
          phone.dim(false)
          phone.raiseSos()
        }}
        quiet
      >
        {text.deck.sos} {text.deck.hold2}
      </Hold>
    </main>
  )
}
