import type { ReactElement } from 'react'
import { FieldError } from 'react-aria-components/FieldError'
import { Input } from 'react-aria-components/Input'
import { Label } from 'react-aria-components/Label'
import { Text } from 'react-aria-components/Text'
import { TextArea } from 'react-aria-components/TextArea'
import { TextField } from 'react-aria-components/TextField'
import css from './field.module.css'

type FieldProps = {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly type?: 'text' | 'password' | 'search' | 'date' | 'datetime-local' | 'number' | 'url'
  readonly hint?: string
  readonly error?: string
  readonly required?: boolean
  readonly minLength?: number
  readonly maxLength?: number
  readonly autoComplete?: string
  readonly inputMode?: 'text' | 'numeric' | 'decimal' | 'tel'
  readonly autoFocus?: boolean
  readonly rows?: number
  readonly name?: string
  readonly hideLabel?: boolean
  readonly placeholder?: string
}

/** Label above, hint under it, error beside; nothing typed is ever lost to a refusal. */
export function Field(props: FieldProps): ReactElement {
  const { label, hint, error, rows } = props
  return (
    <TextField
      className={css.field ?? ''}
      value={props.value}
      onChange={props.onChange}
      isRequired={props.required === true}
      isInvalid={error !== undefined}
      autoFocus={props.autoFocus === true}
      validationBehavior="native"
      {...optional(props)}
    >
      <Label className={props.hideLabel === true ? 'visually-hidden' : css.label}>{label}</Label>
      {hint === undefined ? null : (
        <Text slot="description" className={css.hint}>
          {hint}
        </Text>
      )}
      {rows === undefined ? (
        <Input
          className={css.input ?? ''}
          step={props.type === 'datetime-local' ? 60 : 'any'}
          placeholder={props.placeholder ?? ''}
        />
      ) : (
        <TextArea className={css.input ?? ''} rows={rows} placeholder={props.placeholder ?? ''} />
      )}
      <FieldError className={css.error ?? ''}>{error}</FieldError>
    </TextField>
  )
}

function optional(props: FieldProps): Record<string, string | number> {
  const given: Record<string, string | number> = {}
  for (const key of ['type', 'minLength', 'maxLength', 'autoComplete', 'inputMode', 'name'] as const) {
    const value = props[key]
    if (value !== undefined) {
      given[key] = value
    }
  }
  return given
}
