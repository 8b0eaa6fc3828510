import { type Category, categories } from '@sereno/contracts'
import { duration, hourAndMinute } from '@sereno/text'
import { useState } from 'react'
import { usePhone, useText, useView } from '../context.ts'
import { Icon } from '../icons.tsx'
import { Plate } from '../parts.tsx'
import { Strip, timeZoneOf } from '../strip.tsx'
import { Tape } from '../tape.tsx'
import { NoteSheet } from './note.tsx'

/** Two touches: what it was, and done. Nothing is chosen beforehand, and "later" is always allowed. */
export function End() {
  const phone = usePhone()
  const text = useText()
  const { engine, ended, choices } = useView()
  const [category, setCategory] = useState<Category | null>(null)
  const [note, setNote] = useState('')
  const [noting, setNoting] = useState(false)
  const summary = engine.recordings.find((recording) => recording.id === ended) ?? null
  const zone = timeZoneOf(engine.self?.municipality.timeZone)
  const reason = summary?.stopReason ?? 'officer'
  const why = Object.entries(text.end.stopped).find(([name]) => name === reason)?.[1] ?? null
  const close = (): void => phone.sheet('none')
  const save = (): void => {
    if (summary !== null && category !== null) {
      phone.describe(summary.id, category, note.trim() === '' ? null : note.trim())
    }
    close()
  }
  if (noting) {
    const keep = (next: string): void => {
      setNote(next)
      setNoting(false)
    }
    return <NoteSheet note={note} onKeep={keep} onBack={() => setNoting(false)} />
  }
  return (
    <main className="screen end">
      <Strip />
      <Plate
        word={
          <>
            <Icon name="check" tone="ok" />
            {text.end.word}
          </>
        }
        note={
          summary === null
            ? undefined
            : (why ??
              text.end.note(
                duration(summary.durationMs),
                hourAndMinute(summary.openedAtMs - summary.preEventMs, zone, choices.language),
              ))
        }
      />
      <Tape of={summary} />
      <fieldset className="tiles">
        <legend className="eyebrow">{text.end.what}</legend>
        {categories.map((name) => (
          <label key={name}>
            <input type="radio" name="category" checked={category === name} onChange={() => setCategory(name)} />
            {text.end.category[name]}
            <small>{text.end.hint[name]}</small>
          </label>
        ))}
      </fieldset>
      <button type="button" className="dictate" onClick={() => setNoting(true)}>
        <Icon name="pen" />
        <b>
          {note === '' ? text.end.addNote : note}
          {note === '' ? <span>{text.end.noteHint}</span> : null}
        </b>
      </button>
      <footer className="slabs">
        <button
          type="button"
          className="slab half"
          aria-disabled={category === null}
          onClick={() => category !== null && save()}
        >
          {text.end.done}
        </button>
        <button type="button" className="slab plain" onClick={close}>
          {text.end.later}
        </button>
      </footer>
    </main>
  )
}
