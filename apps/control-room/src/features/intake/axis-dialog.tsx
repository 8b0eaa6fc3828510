import { Button, Dialog, Field, saveFile } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useIntakeText } from './text.ts'

/** The connection file of an Axis system controller: made once, downloaded at once. */
export function AxisDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const text = useIntakeText()
  const [site, setSite] = useState('')
  const make = useMutation({
    mutationFn: () => call('POST /intake/connections', { body: { siteName: site.trim() } }),
    onSuccess: () => changed('GET /intake'),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    make.mutate()
  }
  const made = make.data
  return (
    <Dialog title={text.connectTitle} open onClose={onClose}>
      {made === undefined ? (
        <form className={page.form} onSubmit={submit}>
          <Field
            label={text.site}
            hint={text.siteHint}
            value={site}
            onChange={setSite}
            maxLength={64}
            required
            autoFocus
          />
          <Failure error={make.error} />
          <div className={page.row}>
            <Button type="submit" look="go" busy={make.isPending}>
              {text.makeFile}
            </Button>
            <Button onPress={onClose}>{text.cancel}</Button>
          </div>
        </form>
      ) : (
        <div className={page.form} role="status">
          <p>{text.fileMade}</p>
          <div className={page.row}>
            <Button
              look="go"
              icon="download"
              autoFocus
              onPress={() => saveFile(made.fileName, 'application/json', made.file)}
            >
              {text.download}
            </Button>
            <Button onPress={onClose}>{text.close}</Button>
          </div>
        </div>
      )}
    </Dialog>
  )
}
