import { Button, Dialog, Field, Select } from '@sereno/ui'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { asked, changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useFleetText } from './text.ts'

export function OfficerDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const texts = useFleetText()
  const text = texts.officerForm
  const [code, setCode] = useState('')
  const [name, setName] = useState('')
  const [sector, setSector] = useState('')
  const territory = useQuery(asked('GET /territory', {}))
  const add = useMutation({
    mutationFn: () =>
      call('POST /officers', { body: { code: code.trim(), name: name.trim(), ...(sector === '' ? {} : { sector }) } }),
    onSuccess: () => {
      onClose()
      return changed('GET /officers')
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    add.mutate()
  }
  const sectors = (territory.data?.areas ?? []).filter(({ kind }) => kind === 'sector')
  return (
    <Dialog title={text.title} open onClose={onClose}>
      <form className={page.form} onSubmit={submit}>
        <Field
          label={text.code}
          hint={text.codeHint}
          value={code}
          onChange={setCode}
          maxLength={20}
          required
          autoFocus
        />
        <Field label={text.name} value={name} onChange={setName} maxLength={120} required />
        <Select
          label={text.sector}
          empty={text.none}
          value={sector}
          onChange={setSector}
          options={sectors.map(({ id, name: label }) => ({ value: id, label }))}
        />
        <Failure error={add.error} />
        <div className={page.row}>
          <Button type="submit" look="go" busy={add.isPending}>
            {texts.save}
          </Button>
          <Button onPress={onClose}>{texts.cancel}</Button>
        </div>
      </form>
    </Dialog>
  )
}
