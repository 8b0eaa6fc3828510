import { errorWords, unavailableWords } from '@sereno/text'
import { useEffect, useRef, useState } from 'react'
import { EngineFailure } from '../../phone/engine-client.ts'
import { enrolTokenOf } from '../../phone/enrol-link.ts'
import { startScan } from '../../phone/scan.ts'
import { usePhone, useText, useView } from '../context.ts'
import { Plate } from '../parts.tsx'
import { Strip } from '../strip.tsx'
import { Languages } from './message.tsx'

/** Enrolment: the phone's own camera opens the link, or it is read or pasted here. */
export function Enrol() {
  const phone = usePhone()
  const text = useText()
  const { choices, engine } = useView()
  const isAnew = engine.phase !== 'not-enrolled'
  const [scanning, setScanning] = useState(false)
  const [link, setLink] = useState('')
  const [working, setWorking] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)

  const enrol = async (found: string): Promise<void> => {
    const token = enrolTokenOf(found)
    if (token === null) {
      setProblem(text.enrol.notALink)
      return
    }
    setWorking(true)
    setProblem(null)
    try {
      await phone.enrol(token)
      history.replaceState(null, '', location.pathname)
    } catch (error) {
      const code = error instanceof EngineFailure ? error.code : 'failed'
      const words = code === 'unreachable' ? unavailableWords(choices.language) : errorWords(code, choices.language)
      setProblem(`${words.title} ${words.next}`)
    }
    setWorking(false)
  }
  const leave = (): void => {
    history.replaceState(null, '', location.pathname)
    phone.enrolling(false)
  }
  const found = (scanned: string): void => {
    setScanning(false)
    void enrol(scanned)
  }
  const latest = useRef(enrol)
  latest.current = enrol
  useEffect(() => {
    const opened = (): void => {
      if (enrolTokenOf(location.href) === null) {
        return
      }
      if (isAnew) {
        // a phone that is somebody already is asked first: a link alone does not change who it is
        setLink(location.href)
      } else {
        void latest.current(location.href)
      }
    }
    opened()
    window.addEventListener('hashchange', opened)
    return () => window.removeEventListener('hashchange', opened)
  }, [isAnew])

  return (
    <main className="screen message enrol">
      <Strip>
        <Languages />
      </Strip>
      {working ? (
        <Plate word={text.enrol.working} note={text.enrol.workingNote} />
      ) : (
        <>
          <Plate
            word={problem !== null ? text.enrol.failed : isAnew ? text.enrol.anew : text.enrol.word}
            note={problem ?? (isAnew ? text.enrol.anewNote : text.enrol.note)}
            alert={problem !== null}
          />
          {scanning ? <Finder onFound={found} /> : null}
          {scanning ? null : (
            <form
              className="read"
              onSubmit={(event) => {
                event.preventDefault()
                void enrol(link)
              }}
            >
              <label className="field">
                {text.enrol.paste}
                <input
                  value={link}
                  inputMode="url"
                  autoComplete="off"
                  onChange={(event) => setLink(event.currentTarget.value)}
                />
              </label>
              <button type="submit" className="slab plain">
                {text.enrol.pasteDo}
              </button>
            </form>
          )}
          <footer className="slabs">
            <button type="button" className="slab half" onClick={() => setScanning(!scanning)}>
              {scanning ? text.enrol.stopScan : text.enrol.scan}
            </button>
            {isAnew ? (
              <button type="button" className="slab plain" onClick={leave}>
                {text.shift.close}
              </button>
            ) : null}
          </footer>
        </>
      )}
    </main>
  )
}

function Finder({ onFound }: { readonly onFound: (text: string) => void }) {
  const text = useText()
  const element = useRef<HTMLVideoElement>(null)
  const latest = useRef(onFound)
  latest.current = onFound
  useEffect(
    () => (element.current === null ? undefined : startScan(element.current, (found) => latest.current(found))),
    [],
  )
  return (
    <section className="finder">
      <video ref={element} muted playsInline aria-label={text.enrol.scanning} />
    </section>
  )
}
