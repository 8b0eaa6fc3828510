import { Button, Select } from '@sereno/ui'
import { type FormEvent, type ReactElement, useMemo, useState } from 'react'
import page from '../../shell/page.module.css'
import type { Ground } from './ground.ts'
import { type Columns, guess, type Layer, layers, takeLayer } from './layers.ts'
import type { FileFeature } from './read-file.ts'
import css from './territory.module.css'
import { useTerritoryText } from './text.ts'

type ImportFormProps = {
  readonly name: string
  readonly features: readonly FileFeature[]
  readonly properties: readonly string[]
  readonly ground: Ground
  readonly onTake: (next: Ground) => void
}
const shownFaults = 8

/** What a file holds and which of its columns say it: guessed, and confirmed by a person before anything is taken. */
export function ImportForm({ name, features, properties, ground, onTake }: ImportFormProps): ReactElement {
  const text = useTerritoryText().importing
  const first = useMemo(() => guess(features, properties), [features, properties])
  const [layer, setLayer] = useState<Layer>(first.layer)
  const [columns, setColumns] = useState<Columns>(first.columns)
  const taken = useMemo(
    () => takeLayer(ground, features, layer, columns, () => crypto.randomUUID()),
    [ground, features, layer, columns],
  )
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onTake(taken.ground)
  }
  const column = (part: keyof Columns): ReactElement => (
    <Select
      label={text[part]}
      empty={text.noColumn}
      value={columns[part]}
      onChange={(value) => setColumns({ ...columns, [part]: value })}
      options={properties.map((value) => ({ value, label: value }))}
    />
  )
  const hasCode = layer === 'district' || layer === 'sector' || layer === 'quadrant'
  return (
    <form className={page.form} onSubmit={submit}>
      <p role="status">{text.found(features.length, name)}</p>
      <Select
        label={text.holds}
        value={layer}
        onChange={(value) => setLayer(layers.find((known) => known === value) ?? layer)}
        options={layers.map((value) => ({ value, label: text.layers[value] }))}
      />
      {hasCode ? column('code') : null}
      {layer === 'all' ? null : column('name')}
      {layer === 'place' || layer === 'line' ? column('kind') : null}
      <p>
        {text.taken(taken.taken)} {taken.taken > 0 ? text.replaces : ''}
      </p>
      {taken.faults.length > 0 ? (
        <div role="alert">
          <p>{text.left(taken.faults.length)}</p>
          <ul className={css.faults}>
            {taken.faults.slice(0, shownFaults).map(({ number, fault }) => (
              <li key={number}>
                {text.feature(number)}: {text.faults[fault]}
              </li>
            ))}
            {taken.faults.length > shownFaults ? <li>…</li> : null}
          </ul>
        </div>
      ) : null}
      <div>
        <Button type="submit" look="go" disabled={taken.taken === 0}>
          {text.take}
        </Button>
      </div>
    </form>
  )
}
