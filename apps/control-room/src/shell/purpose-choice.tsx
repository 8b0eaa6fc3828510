import type { Purpose } from '@sereno/contracts'
import { names } from '@sereno/text'
import { Kbd, useLanguage } from '@sereno/ui'
import { type ReactElement, useEffect, useId } from 'react'
import css from './purpose-choice.module.css'

/** Why somebody looks at footage, in the order in which it is offered. */
export const viewPurposes: readonly Purpose[] = [
  'incident',
  'case',
  'complaint',
  'supervision',
  'audit',
  'request',
  'training',
  'safety-check',
]

/** The order in which watching live offers its purposes. An SOS explains itself and is not chosen by hand here. */
export const watchPurposes: readonly Purpose[] = [
  'incident',
  'safety-check',
  'supervision',
  'complaint',
  'audit',
  'request',
  'training',
]

/** Those of a task's purposes that the server permits, in the task's order. */
export const offered = (task: readonly Purpose[], permitted: readonly Purpose[]): readonly Purpose[] =>
  task.filter((purpose) => permitted.includes(purpose))

type PurposeChoiceProps = {
  readonly legend: string
  readonly purposes: readonly Purpose[]
  readonly value: Purpose | null
  readonly onChange: (purpose: Purpose) => void
}

/** Why somebody looks, as radio buttons; the digits choose, arrows walk. */
export function PurposeChoice({ legend, purposes, value, onChange }: PurposeChoiceProps): ReactElement {
  const language = useLanguage()
  const name = useId()
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const chosen = purposes[Number(event.key) - 1]
      const typing =
        event.target instanceof HTMLElement && event.target.matches('input:not([type="radio"]), textarea, select')
      if (chosen !== undefined && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault()
        event.stopImmediatePropagation()
        onChange(chosen)
      }
    }
    // before the screen's own keys: while a purpose is asked, digits answer it
    addEventListener('keydown', press, { capture: true })
    return () => removeEventListener('keydown', press, { capture: true })
  }, [purposes, onChange])
  return (
    <fieldset className={css.choice}>
      <legend className="visually-hidden">{legend}</legend>
      {purposes.map((purpose, index) => (
        <label key={purpose}>
          <input
            type="radio"
            name={name}
            checked={purpose === value}
            onChange={() => onChange(purpose)}
            // biome-ignore lint/a11y/noAutofocus: the question just opened because the person asked to look
            autoFocus={index === 0}
          />
          <span>{names(language).purpose[purpose]}</span>
          <Kbd keys={String(index + 1)} />
        </label>
      ))}
    </fieldset>
  )
}
