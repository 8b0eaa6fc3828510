import { Call } from '../call.tsx'
import { usePhone, useText, useView } from '../context.ts'
import { Plate } from '../parts.tsx'
import { Strip } from '../strip.tsx'

/** Screens that only say something: why not, or not yet. */
export function Message({ kind }: { readonly kind: 'unsupported' | 'second-tab' | 'broken' | 'starting' | 'revoked' }) {
  const phone = usePhone()
  const text = useText()
  const { unsupported, engine } = useView()
  const words =
    kind === 'unsupported'
      ? text.unsupported[unsupported ?? 'browser']
      : kind === 'second-tab'
        ? text.secondTab
        : text[kind]
  return (
    <main className="screen message">
      <Strip>
        <Languages />
      </Strip>
      <Plate word={words.word} note={words.note} />
      {kind === 'revoked' ? (
        <footer className="slabs">
          <button type="button" className="slab plain" onClick={() => phone.enrolling(true)}>
            {text.enrol.anew}
          </button>
        </footer>
      ) : null}
      {kind === 'broken' && engine.problem !== null ? (
        <div className="read">
          <p>{engine.problem}</p>
        </div>
      ) : null}
    </main>
  )
}

/** Issued to nobody yet: says its name, so that the right phone is handed over. */
export function Waiting() {
  const phone = usePhone()
  const text = useText()
  const { engine } = useView()
  return (
    <main className="screen message">
      <Strip />
      <Plate word={text.waiting.word} note={text.waiting.note(engine.self?.device.code ?? '')} />
      {engine.reached ? null : <p className="say">{text.waiting.offline}</p>}
      <footer className="slabs">
        <Languages />
        <button type="button" className="slab half" onClick={() => void phone.refresh().catch(() => undefined)}>
          {text.waiting.again}
        </button>
        <div className="side">
          <button type="button" className="slab plain" onClick={() => phone.enrolling(true)}>
            {text.enrol.anew}
          </button>
          <Call size="plain" recording={false} />
        </div>
      </footer>
    </main>
  )
}

export function Languages() {
  const phone = usePhone()
  const text = useText()
  const { choices } = useView()
  return (
    <fieldset className="languages" aria-label={text.language}>
      {(['es', 'en'] as const).map((language) => (
        <button
          key={language}
          type="button"
          aria-pressed={choices.language === language}
          onClick={() => phone.choose({ language })}
        >
          {language === 'es' ? 'Español' : 'English'}
        </button>
      ))}
    </fieldset>
  )
}
