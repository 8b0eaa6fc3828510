import { Button, Dialog, Select } from '@sereno/ui'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import type { Device, Officer } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { asked, changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useFleetText } from './text.ts'

type IssueDialogProps = { readonly device: Device; readonly officers: readonly Officer[]; readonly onClose: () => void }

/** Binds a device to an officer for a shift; the PIN that starts it is shown once. */
export function IssueDialog({ device, officers, onClose }: IssueDialogProps): ReactElement {
  const text = useFleetText()
  const [officer, setOfficer] = useState('')
  const [quadrant, setQuadrant] = useState('')
  const territory = useQuery(asked('GET /territory', {}))
  const issue = useMutation({
    mutationFn: () =>
      call('POST /devices/:id/issue', {
        params: { id: device.id },
        body: { officer, ...(quadrant === '' ? {} : { quadrant }) },
      }),
    onSuccess: () => changed('GET /devices', 'GET /officers'),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (officer !== '') {
      issue.mutate()
    }
  }
  const who = officers.find(({ id }) => id === officer)
  if (issue.data !== undefined) {
    return (
      <Dialog title={text.issuing.pin} open onClose={onClose}>
        <p className={page.figure} role="status">
          {issue.data.pin}
        </p>
        <p className={page.soft}>{text.issuing.pinWhy(who === undefined ? '' : `${who.code} ${who.name}`)}</p>
        <div>
          <Button look="go" onPress={onClose} autoFocus>
            {text.issuing.done}
          </Button>
        </div>
      </Dialog>
    )
  }
  return (
    <Dialog title={text.issuing.title(device.code)} open onClose={onClose}>
      <form className={page.form} onSubmit={submit}>
        <Select
          label={text.issuing.officer}
          value={officer}
          onChange={setOfficer}
          options={officers
            .filter(({ active }) => active)
            .map(({ id, code, name }) => ({ value: id, label: `${code} ${name}` }))}
          required
        />
        <Select
          label={text.issuing.quadrant}
          empty={text.issuing.free}
          value={quadrant}
          onChange={setQuadrant}
          options={(territory.data?.areas ?? [])
            .filter(({ kind }) => kind === 'quadrant')
            .map(({ id, code, name }) => ({ value: id, label: name === code ? code : `${code} ${name}` }))}
        />
        <Failure error={issue.error} />
        <div className={page.row}>
          <Button type="submit" look="go" busy={issue.isPending} disabled={officer === ''}>
            {text.issuing.issue}
          </Button>
          <Button onPress={onClose}>{text.cancel}</Button>
        </div>
      </form>
    </Dialog>
  )
}
