import { Select } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { asked } from '../../api/queries.ts'
import { usePeopleText } from './text.ts'

type OfficerChoiceProps = {
  /** Whose own officer may be chosen again; null for a new account. */
  readonly account: string | null
  readonly value: string
  readonly onChange: (officer: string) => void
}

/** Officers who have no other open account. */
export function OfficerChoice({ account, value, onChange }: OfficerChoiceProps): ReactElement {
  const text = usePeopleText()
  const officers = useQuery(asked('GET /officers', {}))
  const accounts = useQuery(asked('GET /accounts', {}))
  const taken = new Set(
    accounts.data?.accounts.filter(({ id, active }) => active && id !== account).map(({ officer }) => officer),
  )
  const options = (officers.data?.officers ?? [])
    .filter(({ id, active }) => id === value || (active && !taken.has(id)))
    .map(({ id, code, name }) => ({ value: id, label: `${code} · ${name}` }))
  return (
    <Select label={text.officerOptional} options={options} value={value} onChange={onChange} empty={text.noOfficer} />
  )
}
