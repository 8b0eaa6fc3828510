import { type ChangeEvent, type ReactElement, useId } from 'react'
import css from './field.module.css'

type FileFieldProps = {
  readonly label: string
  readonly hint?: string
  readonly accept?: string
  readonly required?: boolean
  readonly onChange: (file: File | null) => void
}

/** A file of the person's own machine; named as every field is. */
export function FileField({ label, hint, accept, required, onChange }: FileFieldProps): ReactElement {
  const id = useId()
  const choose = (event: ChangeEvent<HTMLInputElement>): void => onChange(event.target.files?.[0] ?? null)
  return (
    <div className={css.field}>
      <label className={css.label} htmlFor={id}>
        {label}
      </label>
      {hint === undefined ? null : (
        <span className={css.hint} id={`${id}hint`} role="status">
          {hint}
        </span>
      )}
      <input
        id={id}
        className={css.file}
        type="file"
        accept={accept}
        required={required}
        aria-describedby={hint === undefined ? undefined : `${id}hint`}
        onChange={choose}
      />
    </div>
  )
}
