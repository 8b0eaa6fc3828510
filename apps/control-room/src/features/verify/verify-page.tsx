import { Button, setLanguage, useLanguage, useText } from '@sereno/ui'
import { type DragEvent, type ReactElement, useRef, useState } from 'react'
import { Report } from './report.tsx'
import { en } from './text.en.ts'
import { es } from './text.es.ts'
import { useVerification } from './use-verification.ts'
import css from './verify.module.css'

/** Drop the files, nothing is uploaded. The same checks as `sereno verify`, by the same code. */
export function VerifyPage(): ReactElement {
  const text = useText({ es, en })
  const language = useLanguage()
  const { progress, verify, cancel } = useVerification()
  const [chosen, setChosen] = useState<{ readonly pack: File | null; readonly trust: File | null }>({
    pack: null,
    trust: null,
  })
  const input = useRef<HTMLInputElement>(null)

  const take = (files: readonly File[]): void => {
    const trust = files.find(({ name }) => name.endsWith('.json')) ?? chosen.trust
    const pack = files.find(({ name }) => !name.endsWith('.json')) ?? chosen.pack
    setChosen({ pack, trust })
    if (pack !== null) {
      verify(pack, trust)
    }
  }
  const onDrop = (event: DragEvent): void => {
    event.preventDefault()
    take([...event.dataTransfer.files])
  }
  return (
    <div className={css.page}>
      <header className={css.head}>
        <h1>{text.title}</h1>
        <Button look="quiet" onPress={() => setLanguage(language === 'es' ? 'en' : 'es')}>
          {text.language}
        </Button>
      </header>
      <main className={css.main}>
        <p className={css.lead}>{text.lead}</p>
        <section
          className={css.drop}
          aria-label={text.choose}
          onDragOver={(event) => event.preventDefault()}
          onDrop={onDrop}
        >
          <p>{text.drop}</p>
          <input
            ref={input}
            className="visually-hidden"
            type="file"
            multiple
            tabIndex={-1}
            accept=".zip,.json"
            aria-label={text.choose}
            onChange={(event) => take([...(event.target.files ?? [])])}
          />
          <Button look="next" onPress={() => input.current?.click()}>
            {text.choose}
          </Button>
          <dl className={css.chosen}>
            <dt>{text.package}</dt>
            <dd>{chosen.pack?.name ?? '–'}</dd>
            <dt>{text.trust}</dt>
            <dd>{chosen.trust?.name ?? text.noTrust}</dd>
          </dl>
        </section>
        <div aria-live="polite">
          {progress.state === 'working' ? (
            <div className={css.working}>
              <label htmlFor="progress">{text.working(progress.name)}</label>
              <progress id="progress" value={progress.share} max={1} />
              <Button onPress={cancel}>{text.cancel}</Button>
            </div>
          ) : null}
          {progress.state === 'unreadable' ? <p className={css.fails}>{text.unreadable[progress.what]}</p> : null}
          {progress.state === 'done' ? (
            <Report verification={progress.verification} text={text} language={language} />
          ) : null}
        </div>
        <p className={css.limits}>{text.limits}</p>
        <p className={css.limits}>{text.trustNothing}</p>
      </main>
    </div>
  )
}
