import { Button, Field, useLanguage } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import type { FormEvent, ReactElement } from 'react'
import { Failure } from '../../api/failure.tsx'
import { asked } from '../../api/queries.ts'
import { keyPrint } from '../../shell/keys.ts'
import { offered, PurposeChoice, watchPurposes } from '../../shell/purpose-choice.tsx'
import { taskChanged, useWhy } from '../../shell/task.ts'
import css from './context.module.css'
import type { Dock, Tile } from './dock.ts'
import { useOperationsText } from './text.ts'

/** Asked once per watch, in the column where one reads: no frame before a reason, no modal before a picture. */
export function PurposeForm({ tile, dock }: { readonly tile: Tile; readonly dock: Dock }): ReactElement {
  const text = useOperationsText().purpose
  const language = useLanguage()
  const permitted = useQuery(asked('GET /units/:id/purposes', { params: { id: tile.device } }))
  const why = useWhy(offered(watchPurposes, permitted.data?.purposes ?? []))
  const { choices, purpose, reference } = why
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (purpose !== null) {
      void dock.open(tile.device, purpose, reference.trim()).then(taskChanged)
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
      <PurposeChoice legend={text.title(tile.name)} purposes={choices} value={purpose} onChange={why.choose} />
      {permitted.data !== undefined && choices.length === 0 ? <p>{text.denied}</p> : null}
      <Failure error={permitted.error} />
      <Field label={text.reference} value={reference} onChange={why.refer} maxLength={120} />
      <Button type="submit" look="next" disabled={purpose === null} keys={keyPrint('acknowledge', language)}>
        {text.open}
      </Button>
      <Button onPress={() => dock.close(tile.device)} keys="Esc">
        {text.cancel}
      </Button>
    </form>
  )
}
