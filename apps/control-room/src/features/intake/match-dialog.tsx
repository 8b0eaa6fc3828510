import { Button, Dialog, Select } from '@sereno/ui'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { asked, changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import type { Source } from './intake.ts'
import { useIntakeText } from './text.ts'

/** Which of ours a camera or a person of another system is. */
export function MatchDialog({
  source,
  onClose,
}: {
  readonly source: Source
  readonly onClose: () => void
}): ReactElement {
  const text = useIntakeText()
  const isCamera = source.kind === 'camera'
  const [choice, setChoice] = useState(source.device?.id ?? source.officer?.id ?? '')
  const devices = useQuery({ ...asked('GET /devices', {}), enabled: isCamera })
  const officers = useQuery({ ...asked('GET /officers', {}), enabled: !isCamera })
  const options = isCamera
    ? (devices.data?.devices ?? [])
        .filter(({ kind }) => kind !== 'dock')
        .map(({ id, code }) => ({ value: id, label: code }))
    : (officers.data?.officers ?? []).map(({ id, code, name }) => ({ value: id, label: `${code} ${name}` }))
  const done = (): Promise<void> => {
    onClose()
    return changed('GET /intake', 'GET /recordings')
  }
  const params = { id: source.id }
  const match = useMutation({
    mutationFn: () =>
      call('POST /intake/sources/:id/match', { params, body: isCamera ? { device: choice } : { officer: choice } }),
    onSuccess: done,
  })
  const ignore = useMutation({ mutationFn: () => call('POST /intake/sources/:id/ignore', { params }), onSuccess: done })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    match.mutate()
  }
  return (
    <Dialog title={text.matchTitle(source.name)} open onClose={onClose}>
      <form className={page.form} onSubmit={submit}>
        <p className={page.soft}>{text.matchWhy}</p>
        <Select
          label={isCamera ? text.device : text.officer}
          options={options}
          value={choice}
          onChange={setChoice}
          empty={text.choose}
          required
        />
        <Failure error={match.error ?? ignore.error ?? devices.error ?? officers.error} />
        <div className={page.row}>
          <Button type="submit" look="go" busy={match.isPending} disabled={choice === ''}>
            {text.match}
          </Button>
          <Button busy={ignore.isPending} onPress={() => ignore.mutate()}>
            {text.ignore}
          </Button>
          <Button onPress={onClose}>{text.cancel}</Button>
        </div>
      </form>
    </Dialog>
  )
}
