import { names } from '@sereno/text'
import { Button, Field, Select, useLanguage, useText } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { asked } from '../../api/queries.ts'
import { useMay } from '../../shell/session.ts'
import { NearFilter } from './near-filter.tsx'
import css from './recordings.module.css'
import { type RecordingsSearch, recordingsSearch } from './search.ts'
import { recordingsEn } from './text.en.ts'
import { recordingsEs } from './text.es.ts'

type RecordingFiltersProps = { readonly search: RecordingsSearch; readonly onChange: (next: RecordingsSearch) => void }

/** Every filter writes the address; the list follows it. */
export function RecordingFilters({ search, onChange }: RecordingFiltersProps): ReactElement {
  const text = useText({ es: recordingsEs, en: recordingsEn })
  const words = names(useLanguage())
  const officers = useQuery({ ...asked('GET /officers', {}), enabled: useMay('officer.read') })
  const devices = useQuery({ ...asked('GET /devices', {}), enabled: useMay('device.read') })
  const territory = useQuery({ ...asked('GET /territory', {}), enabled: useMay('territory.read') })
  const set = (name: keyof RecordingsSearch) => (value: string) =>
    onChange(recordingsSearch({ ...search, [name]: value }))
  const optionsOf = (catalogue: Readonly<Record<string, string>>) =>
    Object.entries(catalogue).map(([value, label]) => ({ value, label }))
  const quadrants = (territory.data?.areas ?? []).filter(({ kind }) => kind === 'quadrant')
  return (
    <section className={css.filters} aria-label={text.filters} data-region="filters">
      <Field label={text.text} value={search.text ?? ''} onChange={set('text')} type="search" maxLength={120} />
      <Select
        label={text.officer}
        empty={text.any}
        value={search.officer ?? ''}
        onChange={set('officer')}
        options={(officers.data?.officers ?? []).map(({ id, code, name }) => ({ value: id, label: `${code} ${name}` }))}
      />
      <Select
        label={text.device}
        empty={text.any}
        value={search.device ?? ''}
        onChange={set('device')}
        options={(devices.data?.devices ?? []).map(({ id, code }) => ({ value: id, label: code }))}
      />
      <Select
        label={text.quadrant}
        empty={text.any}
        value={search.quadrant ?? ''}
        onChange={set('quadrant')}
        options={quadrants.map(({ id, code }) => ({ value: id, label: code }))}
      />
      <Select
        label={text.category}
        empty={text.any}
        value={search.category ?? ''}
        onChange={set('category')}
        options={optionsOf(words.category)}
      />
      <Select
        label={text.state}
        empty={text.any}
        value={search.state ?? ''}
        onChange={set('state')}
        options={optionsOf(words.recordingState)}
      />
      <Field label={text.from} value={search.from ?? ''} onChange={set('from')} type="datetime-local" />
      <Field label={text.to} value={search.to ?? ''} onChange={set('to')} type="datetime-local" />
      <NearFilter search={search} onChange={onChange} territory={territory.data} />
      <Button look="quiet" onPress={() => onChange({})} disabled={Object.keys(search).length === 0}>
        {text.clear}
      </Button>
    </section>
  )
}
