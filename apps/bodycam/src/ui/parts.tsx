import { hourAndMinute, names, stopwatch } from '@sereno/text'
import { type ReactNode, useEffect, useRef } from 'react'
import { isOpen } from '../phone/capture.ts'
import { usePhone, useText, useTicking, useView } from './context.ts'
import { Icon, type IconName } from './icons.tsx'
import { timeZoneOf } from './strip.tsx'

/** One word, at most one figure, one sentence. Read from a metre away. */
export function Plate(props: {
  readonly word: ReactNode
  readonly figure?: ReactNode
  readonly note?: ReactNode
  readonly alert?: boolean
}) {
  return (
    <section className="plate" role={props.alert === true ? 'alert' : 'status'}>
      <h1 className="word">{props.word}</h1>
      {props.figure}
      {props.note === undefined ? null : <p className="note">{props.note}</p>}
    </section>
  )
}

/** The running time since the touch, written outside React. */
export function Timer({
  as: As = 'p',
  className = 'figure',
}: {
  readonly as?: 'p' | 'b'
  readonly className?: string
}) {
  const phone = usePhone()
  const element = useTicking<HTMLElement>((target) => {
    const { capture } = phone.view()
    target.textContent = isOpen(capture) ? stopwatch(Date.now() - capture.touchedAtMs) : ''
  })
  return <As className={className} role="timer" ref={element as React.RefObject<never>} />
}

/** The recording state when something else needs the plate: smaller, never gone. */
export function Bar() {
  const text = useText()
  const { capture } = useView()
  return (
    <section className="bar" role="status">
      {capture.kind === 'recording' ? (
        <>
          <i className="square" />
          {text.recording.word}
        </>
      ) : (
        text.recording.starting
      )}
      <Timer as="b" className="" />
    </section>
  )
}

/** What the lens sees; it yields its height to anything else. */
export function Lens({ caption, stream }: { readonly caption?: string; readonly stream?: MediaStream | null }) {
  const { camera } = useView()
  const text = useText()
  const shown = stream === undefined ? camera : stream
  const element = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    if (element.current !== null && element.current.srcObject !== shown) {
      element.current.srcObject = shown
    }
  }, [shown])
  return (
    <section className="lens">
      <video ref={element} autoPlay muted playsInline aria-label={text.ready.lens} />
      {caption === undefined ? null : <p>{caption}</p>}
    </section>
  )
}

/** Someone is watching: who, why, since when. Never a bare eye, never dismissable. */
export function Watch() {
  const text = useText()
  const { engine, choices } = useView()
  const watchers = engine.watchers ?? []
  if (watchers.length === 0) {
    return null
  }
  const zone = timeZoneOf(engine.self?.municipality.timeZone)
  const words = names(choices.language)
  const lines = watchers.slice(0, 2).map((watcher) => {
    const purpose = lookUp(words.purpose, watcher.purpose) + (watcher.reference === null ? '' : ` ${watcher.reference}`)
    const since = hourAndMinute(watcher.sinceMs, zone, choices.language)
    return text.watch.line(watcher.name, lookUp(words.role, watcher.role), purpose, since)
  })
  return (
    <section className="watch" role="status">
      <Icon name="eye" />
      <b>{watchers.length === 1 ? text.watch.one : text.watch.many(watchers.length)}</b>
      <p>{lines.join(' ')}</p>
    </section>
  )
}

function lookUp(table: Readonly<Record<string, string>>, key: string): string {
  return table[key] ?? key
}

/** A thing that is wrong and what is being done about it. */
export function Notice({
  icon,
  title,
  note,
}: {
  readonly icon: IconName
  readonly title: string
  readonly note: string
}) {
  return (
    <section className="notice" role="status">
      <Icon name={icon} />
      <b>{title}</b>
      <p>{note}</p>
    </section>
  )
}

export function Fact(props: {
  readonly icon: IconName
  readonly title: string
  readonly note?: string | undefined
  readonly value?: string
  readonly label?: string
  readonly tone?: 'ok' | 'wrong'
}) {
  return (
    <li>
      <Icon
        name={props.icon}
        {...(props.label === undefined ? {} : { label: props.label })}
        {...(props.tone === undefined ? {} : { tone: props.tone })}
      />
      <b>{props.title}</b>
      {props.value === undefined ? null : (
        <span className={props.tone === 'wrong' ? 'value wrong' : 'value'}>{props.value}</span>
      )}
      {props.note === undefined ? null : <p>{props.note}</p>}
    </li>
  )
}
