import type { Purpose } from '@sereno/contracts'
import { Button, Field, useLanguage } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import { Failure } from '../../api/failure.tsx'
import { asked } from '../../api/queries.ts'
import { keyPrint } from '../../shell/keys.ts'
import { offered, PurposeChoice, watchPurposes } from '../../shell/purpose-choice.tsx'
import css from './context.module.css'
import type { Dock, Tile } from './dock.ts'
import { useOperationsText } from './text.ts'

/** Asked once per watch, in the column where one reads: no frame before a reason, no modal before a picture. */
export function PurposeForm({ tile, dock }: { readonly tile: Tile; readonly dock: Dock }): ReactElement {
  const text = useOperationsText().purpose
  const language = useLanguage()
  const permitted = useQuery(asked('GET /units/:id/purposes', { params: { id: tile.device } }))
  const choices = offered(watchPurposes, permitted.data?.purposes ?? [])
  const [chosen, setPurpose] = useState<Purpose | null>(null)
  const purpose = chosen ?? choices[0]
  const [reference, setReference] = useState('')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (purpose !== undefined) {
      void dock.open(tile.device, purpose, reference.trim())
    }
  }
  return (
    <form
      className={css.purpose}
      onSubmit={submit}
      onKeyDown={(event) => event.key === 'Escape' && dock.close(tile.device)}
    >
      <h1>{text.title(tile.name)}</h1>
      <p>{text.why}</p>
      <PurposeChoice legend={text.title(tile.name)} purposes={choices} value={purpose ?? null} onChange={setPurpose} />
      {permitted.data !== undefined && choices.length === 0 ? <p>{text.denied}</p> : null}
      <Failure error={permitted.error} />
      <Field label={text.reference} value={reference} onChange={setReference} maxLength={120} />
      <Button type="submit" look="next" disabled={purpose === undefined} keys={keyPrint('acknowledge', language)}>
        {text.open}
      </Button>
      <Button onPress={() => dock.close(tile.device)} keys="Esc">
        {text.cancel}
      </Button>
    </form>
  )
}
