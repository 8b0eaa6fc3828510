import { useState } from 'react'
import { useText } from '../context.ts'
import { Plate } from '../parts.tsx'
import { Strip } from '../strip.tsx'

const longest = 1000

/** A note in one touch: what is said most, and room for more. The keyboard's microphone dictates where the phone has one. */
export function NoteSheet(props: {
  readonly note: string
  readonly onKeep: (note: string) => void
  readonly onBack: () => void
}) {
  const text = useText()
  const [note, setNote] = useState(props.note)
  const add = (choice: string): void => {
    const has = note.includes(choice)
    const next = has ? note.replace(choice, '').replaceAll(/\s+/g, ' ').trim() : `${note} ${choice}`.trim()
    setNote(next.slice(0, longest))
  }
  return (
    <main className="screen message note">
      <Strip />
      <Plate word={text.note.word} note={text.note.note} />
      <div className="read">
        <fieldset className="chips wide">
          <legend>{text.note.quick}</legend>
          {text.note.choices.map((choice) => (
            <button key={choice} type="button" aria-pressed={note.includes(choice)} onClick={() => add(choice)}>
              {choice}
            </button>
          ))}
        </fieldset>
        <label className="field">
          {text.note.own}
          <textarea
            value={note}
            maxLength={longest}
            rows={3}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
        </label>
      </div>
      <footer className="slabs">
        <button type="button" className="slab half" onClick={() => props.onKeep(note.trim())}>
          {text.note.keep}
        </button>
        <button type="button" className="slab plain" onClick={props.onBack}>
          {text.shift.close}
        </button>
      </footer>
    </main>
  )
}
