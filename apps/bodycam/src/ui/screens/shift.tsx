import { bytes } from '@sereno/text'
import { Call } from '../call.tsx'
import { usePhone, useText, useView } from '../context.ts'
import { Hold } from '../hold.tsx'
import { Fact, Plate } from '../parts.tsx'
import { Strip } from '../strip.tsx'
import { Languages } from './message.tsx'
import { Queue } from './queue.tsx'

/** The shift: what was recorded, how the glass looks, and the way to the end. */
export function Shift() {
  const phone = usePhone()
  const text = useText()
  const { engine, choices, light, canInstall } = useView()
  return (
    <main className="screen shift">
      <Strip />
      <Plate
        word={text.shift.word}
        note={text.shift.note(engine.self?.shift?.officer.name ?? '', engine.self?.device.code ?? '')}
      />
      <Queue />
      <section className="choose">
        <span id="theme">{text.shift.theme}</span>
        <fieldset aria-labelledby="theme">
          {(['auto', 'day', 'night'] as const).map((theme) => (
            <button
              key={theme}
              type="button"
              aria-pressed={choices.theme === theme}
              onClick={() => phone.choose({ theme })}
            >
              {text.shift.themes[theme]}
            </button>
          ))}
        </fieldset>
        <p className="hint">{choices.theme === 'auto' ? text.shift.light[light] : text.shift.lightChosen}</p>
        <span id="sounds">{text.shift.sounds}</span>
        <fieldset aria-labelledby="sounds">
          {[true, false].map((sounds) => (
            <button
              key={String(sounds)}
              type="button"
              aria-pressed={choices.sounds === sounds}
              onClick={() => phone.choose({ sounds })}
            >
              {sounds ? text.shift.on : text.shift.off}
            </button>
          ))}
        </fieldset>
        <span>{text.language}</span>
        <Languages />
      </section>
      <footer className="slabs">
        <button type="button" className="slab half" onClick={() => phone.sheet('none')}>
          {text.shift.close}
        </button>
        {canInstall ? (
          <button type="button" className="slab plain" onClick={phone.install}>
            {text.install.word}
          </button>
        ) : null}
        <div className="side">
          <button type="button" className="slab plain" onClick={() => phone.sheet('upload')}>
            {text.shift.finish}
          </button>
          <Call size="plain" recording={false} />
        </div>
      </footer>
    </main>
  )
}

/** The shift is over when everything is safe, not before. */
export function Upload() {
  const phone = usePhone()
  const text = useText()
  const { engine, choices } = useView()
  const recordings = engine.recordings.filter((recording) => recording.pieces > 0)
  const safe = recordings.filter((recording) => recording.safePieces === recording.pieces)
  const totalPieces = recordings.reduce((sum, recording) => sum + recording.pieces, 0)
  const safePieces = recordings.reduce((sum, recording) => sum + recording.safePieces, 0)
  const heldBytes = recordings.reduce((sum, recording) => sum + recording.heldBytes, 0)
  const isDone = safePieces === totalPieces
  const percent = totalPieces === 0 ? 100 : Math.floor((safePieces / totalPieces) * 100)
  const end = (): void => void phone.endShift().catch(() => undefined)
  return (
    <main className="screen upload">
      <Strip />
      <Plate
        word={isDone ? text.upload.canHandIn : text.upload.notYet}
        figure={
          <p className="figure">
            {safe.length}
            <small>{text.upload.of(recordings.length)}</small>
          </p>
        }
        note={isDone ? text.upload.allSafe : text.upload.note(bytes(heldBytes, choices.language))}
      />
      <p
        className="progress"
        role="progressbar"
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-label={text.upload.progress}
      >
        <i style={{ inlineSize: `${percent}%` }} />
      </p>
      <Queue />
      <ul className="facts">
        <Fact
          icon="lock"
          title={text.upload.noReceipt}
          note={isDone ? text.upload.noReceiptNote : text.upload.keepOn}
        />
      </ul>
      <footer className="slabs">
        {isDone ? (
          <button type="button" className="slab half" onClick={end}>
            {text.upload.end}
          </button>
        ) : (
          <Hold className="slab plain hold" forMs={2000} onHeld={end}>
            {text.upload.leave}
            <span>{text.upload.leaveNote}</span>
          </Hold>
        )}
        <button type="button" className="slab plain" onClick={() => phone.sheet('none')}>
          {text.upload.back}
        </button>
      </footer>
    </main>
  )
}
