import { names } from '@sereno/text'
import { Button, Field, Select, useLanguage } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, type ReactElement, useState } from 'react'
import { asked } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useMay } from '../../shell/session.ts'
import css from './oversight.module.css'
import { type OversightSearch, oversightSearch } from './search.ts'
import { useOversightText } from './text.ts'

/** Asked for with a button: each search is an entry in the ledger. */
export function ViewFilters({ search }: { readonly search: OversightSearch }): ReactElement {
  const text = useOversightText().views
  const navigate = useNavigate({ from: '/oversight' })
  const [draft, setDraft] = useState<Readonly<Record<string, string>>>({ ...search })
  const officers = useQuery({ ...asked('GET /officers', {}), enabled: useMay('officer.read') })
  const set = (name: string) => (value: string) => setDraft({ ...draft, [name]: value })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void navigate({ search: oversightSearch({ ...draft, part: 'views' }) })
  }
  const purposes = Object.entries(names(useLanguage()).purpose)
  return (
    <form className={css.filters} onSubmit={submit} aria-label={text.filters}>
      <Field label={text.who} value={draft.who ?? ''} onChange={set('who')} type="search" maxLength={120} />
      <Field
        label={text.recording}
        placeholder={text.recordingHint}
        value={draft.recording ?? ''}
        onChange={set('recording')}
        maxLength={120}
      />
      <Select
        label={text.officer}
        empty={text.any}
        value={draft.officer ?? ''}
        onChange={set('officer')}
        options={(officers.data?.officers ?? []).map(({ id, code, name }) => ({ value: id, label: `${code} ${name}` }))}
      />
      <Select
        label={text.purpose}
        empty={text.any}
        value={draft.purpose ?? ''}
        onChange={set('purpose')}
        options={purposes.map(([value, label]) => ({ value, label }))}
      />
      <Field label={text.from} value={draft.from ?? ''} onChange={set('from')} type="datetime-local" />
      <Field label={text.to} value={draft.to ?? ''} onChange={set('to')} type="datetime-local" />
      <Select
        label={text.result}
        empty={text.any}
        value={draft.result ?? ''}
        onChange={set('result')}
        options={(['allowed', 'refused'] as const).map((value) => ({ value, label: text[value] }))}
      />
      <div className={page.row}>
        <Button type="submit" look="go">
          {text.search}
        </Button>
        <Button look="quiet" onPress={() => void navigate({ search: { part: 'views' } })}>
          {text.clear}
        </Button>
      </div>
    </form>
  )
}
