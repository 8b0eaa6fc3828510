import type { Purpose } from '@sereno/contracts'
import { Button, Field, useLanguage } from '@sereno/ui'
import { type FormEvent, type ReactElement, useState } from 'react'
import { keyPrint } from '../../shell/keys.ts'
import { PurposeChoice, watchPurposes } from '../../shell/purpose-choice.tsx'
import css from './context.module.css'
import type { Dock, Tile } from './dock.ts'
import { useOperationsText } from './text.ts'

/** Asked once per watch, in the column where one reads: no frame before a reason, no modal before a picture. */
export function PurposeForm({ tile, dock }: { readonly tile: Tile; readonly dock: Dock }): ReactElement {
  const text = useOperationsText().purpose
  const language = useLanguage()
  const [purpose, setPurpose] = useState<Purpose>('incident')
  const [reference, setReference] = useState('')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void dock.open(tile.device, purpose, reference.trim())
  }
  return (
    <form
      className={css.purpose}
      onSubmit={submit}
      onKeyDown={(event) => event.key === 'Escape' && dock.close(tile.device)}
    >
      <h1>{text.title(tile.name)}</h1>
      <p>{text.why}</p>
      <PurposeChoice legend={text.title(tile.name)} purposes={watchPurposes} value={purpose} onChange={setPurpose} />
      <Field label={text.reference} value={reference} onChange={setReference} maxLength={120} />
      <Button type="submit" look="next" keys={keyPrint('acknowledge', language)}>
        {text.open}
      </Button>
      <Button onPress={() => dock.close(tile.device)} keys="Esc">
        {text.cancel}
      </Button>
    </form>
  )
}
