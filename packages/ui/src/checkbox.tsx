import type { ReactElement, ReactNode } from 'react'
import { Checkbox as AriaCheckbox } from 'react-aria-components/Checkbox'
import css from './field.module.css'
import { Icon } from './icon.tsx'

type CheckboxProps = {
  readonly children: ReactNode
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
}

export const Checkbox = ({ children, checked, onChange }: CheckboxProps): ReactElement => (
  <AriaCheckbox className={css.checkbox ?? ''} isSelected={checked} onChange={onChange}>
    <span className={css.box}>{checked ? <Icon name="check" size="s" /> : null}</span>
    <span>{children}</span>
  </AriaCheckbox>
)
