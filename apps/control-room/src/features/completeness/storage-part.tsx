import { bytes, number } from '@sereno/text'
import { Button, Field, Icon, useLanguage } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import type { Reply } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import css from './completeness.module.css'
import { useCompletenessText } from './text.ts'

type Storage = Reply<'GET /completeness'>['storage']
const warnBelowDays = 14
const gigabyte = 1_000_000_000

/** How much there is, how fast it grows, when it is full. */
export function StoragePart({
  storage,
  mayChange,
}: {
  readonly storage: Storage
  readonly mayChange: boolean
}): ReactElement {
  const text = useCompletenessText().storage
  const language = useLanguage()
  const { fullInDays, freeBytes, quotaBytes } = storage
  const isSoon = fullInDays !== null && fullInDays < warnBelowDays
  const isUnknown = freeBytes === null && quotaBytes === null
  return (
    <section className={css.part} aria-labelledby="storage">
      <h2 id="storage">{text.title}</h2>
      <p className={css.verdict}>
        <Icon name={isSoon ? 'warning' : 'storage'} {...(isSoon ? { tone: 'warning' as const } : {})} />
        {fullInDays === null ? (isUnknown ? text.unknown : text.never) : text.full(number(fullInDays, language))}
      </p>
      <p className={css.figures}>
        <span>
          <b>{bytes(storage.storedBytes, language)}</b> {text.stored}
        </span>
        {freeBytes === null ? null : (
          <span>
            <b>{bytes(freeBytes, language)}</b> {text.free}
          </span>
        )}
        {quotaBytes === null ? null : (
          <span>
            <b>{bytes(quotaBytes, language)}</b> {text.quota}
          </span>
        )}
        <span>
          <b>{bytes(storage.bytesPerDay, language)}</b> {text.perDay}
        </span>
      </p>
      {mayChange ? <QuotaForm /> : null}
    </section>
  )
}

function QuotaForm(): ReactElement {
  const text = useCompletenessText().storage
  const [quota, setQuota] = useState('')
  const save = useMutation({
    mutationFn: () => {
      const gigabytes = Number(quota)
      const limit = quota.trim() === '' ? null : Math.round(gigabytes * gigabyte)
      return call('POST /completeness/quota', { body: { bytes: limit } })
    },
    onSuccess: () => changed('GET /completeness'),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <form className={page.form} onSubmit={submit}>
      <Field label={text.quotaField} value={quota} onChange={setQuota} maxLength={9} />
      <Failure error={save.error} />
      <div>
        <Button type="submit" busy={save.isPending}>
          {text.save}
        </Button>
      </div>
    </form>
  )
}
