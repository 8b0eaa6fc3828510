import { type Role, staffRoles } from '@sereno/contracts'
import { names } from '@sereno/text'
import { Checkbox, useLanguage } from '@sereno/ui'
import type { ReactElement } from 'react'
import css from './role-choice.module.css'

type RoleChoiceProps = {
  readonly legend: string
  readonly value: readonly Role[]
  readonly onChange: (roles: readonly Role[]) => void
}

/** Any number of the roles that are given by hand. */
export function RoleChoice({ legend, value, onChange }: RoleChoiceProps): ReactElement {
  const words = names(useLanguage()).role
  return (
    <fieldset className={css.roles}>
      <legend>{legend}</legend>
      {staffRoles.map((role) => (
        <Checkbox
          key={role}
          checked={value.includes(role)}
          onChange={(checked) => onChange(checked ? [...value, role] : value.filter((other) => other !== role))}
        >
          {words[role]}
        </Checkbox>
      ))}
    </fieldset>
  )
}
