import type { ReactElement } from 'react'
import { Button } from 'react-aria-components/Button'
import { Label } from 'react-aria-components/Label'
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox'
import { Popover } from 'react-aria-components/Popover'
import { Select as AriaSelect, SelectValue } from 'react-aria-components/Select'
import css from './field.module.css'

export type Option = { readonly value: string; readonly label: string }

type SelectProps = {
  readonly label: string
  readonly options: readonly Option[]
  /** `''` is "none chosen". */
  readonly value: string
  readonly onChange: (value: string) => void
  readonly empty?: string
  readonly required?: boolean
  readonly hideLabel?: boolean
}

const none = '·none'

/** One of a list. With `empty`, the first choice takes the choice back. */
export function Select({ label, options, value, onChange, empty, required, hideLabel }: SelectProps): ReactElement {
  const all = empty === undefined ? options : [{ value: none, label: empty }, ...options]
  return (
    <AriaSelect
      className={css.field ?? ''}
      selectedKey={value === '' ? (empty === undefined ? null : none) : value}
      onSelectionChange={(key) => onChange(key === none || key === null ? '' : String(key))}
      isRequired={required === true}
      placeholder={empty ?? '—'}
    >
      <Label className={hideLabel === true ? 'visually-hidden' : css.label}>{label}</Label>
      <Button className={`${css.input} ${css.select}`}>
        <SelectValue className={css.value ?? ''} />
      </Button>
      <Popover className={css.list ?? ''}>
        <ListBox items={[...all].map((option) => ({ ...option, id: option.value }))} style={{ outline: 'none' }}>
          {(option) => (
            <ListBoxItem id={option.value} textValue={option.label} className={css.option ?? ''}>
              {option.label}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  )
}
