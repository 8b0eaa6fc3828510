import { useEffect, useRef, useState } from 'react'
import { useText, useView } from '../context.ts'
import { Plate } from '../parts.tsx'
import { Strip } from '../strip.tsx'

const longest = 8
const shortest = 4

/** The shift's PIN on keys a glove can hit. */
export function Pin(props: {
  readonly onPin: (pin: string) => Promise<void>
  readonly onBack: () => void
  readonly problem: string | null
}) {
  const text = useText()
  const { engine } = useView()
  const [pin, setPin] = useState('')
  const [working, setWorking] = useState(false)
  const type = (digit: string): void => setPin((typed) => (typed.length < longest ? typed + digit : typed))
  const go = async (): Promise<void> => {
    if (pin.length < shortest || working) {
      return
    }
    setWorking(true)
    await props.onPin(pin)
    setPin('')
    setWorking(false)
  }
  const latestGo = useRef(go)
  latestGo.current = go
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (/^\d$/.test(event.key)) {
        setPin((typed) => (typed.length < longest ? typed + event.key : typed))
      } else if (event.key === 'Backspace') {
        setPin((typed) => typed.slice(0, -1))
      } else if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement)) {
        void latestGo.current()
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  return (
    <main className="screen message pin">
      <Strip />
      <Plate
        word={text.pin.word}
        note={props.problem ?? text.pin.note(engine.self?.shift?.officer.name ?? '')}
        alert={props.problem !== null}
      />
      <p className="digits" role="status" aria-label={text.pin.typed(pin.length)}>
        {[...'123456'].map((place, index) => (
          <i key={place} className={index < pin.length ? 'full' : ''} />
        ))}
      </p>
      <section className="pad">
        {[...'123456789'].map((digit) => (
          <button key={digit} type="button" onClick={() => type(digit)}>
            {digit}
          </button>
        ))}
        <button type="button" className="word" onClick={props.onBack}>
          {text.pin.back}
        </button>
        <button type="button" onClick={() => type('0')}>
          0
        </button>
        <button type="button" className="word" onClick={() => setPin(pin.slice(0, -1))}>
          {text.pin.erase}
        </button>
      </section>
      <footer className="slabs">
        <button type="button" className="slab half" aria-disabled={pin.length < shortest} onClick={() => void go()}>
          {working ? text.pin.working : text.pin.go}
        </button>
      </footer>
    </main>
  )
}
