import type { Purpose } from '@sereno/contracts'
import { Button, Field } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, type ReactElement, useState } from 'react'
import { CallFailed } from '../../../api/call.ts'
import { Failure } from '../../../api/failure.tsx'
import { asked, queryClient } from '../../../api/queries.ts'
import page from '../../../shell/page.module.css'
import { PurposeChoice } from '../../../shell/purpose-choice.tsx'
import { useOversightText } from '../../oversight/text.ts'
import { FactorProof } from '../../settings/factor-door.tsx'
import css from './purpose-panel.module.css'
import type { Looking } from './use-look.ts'

type GlassFormProps = {
  readonly purposes: readonly Purpose[]
  readonly look: Looking
  readonly onClose: () => void
}

/** A look that no policy gives: the factor first, when the server asks for it, then purpose and reason. */
export function GlassForm({ purposes, look, onClose }: GlassFormProps): ReactElement {
  const text = useOversightText().breaking
  const [purpose, setPurpose] = useState<Purpose>('incident')
  const [reason, setReason] = useState('')
  const [provenAt, setProvenAt] = useState(0)
  const me = useQuery(asked('GET /me', {}))
  const factor = me.data?.factor
  const isStale =
    look.error instanceof CallFailed && look.error.code === 'access.fresh-factor-required' && look.failedAt > provenAt
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    look.breakGlass(purpose, reason.trim())
  }
  if (factor?.code === false && factor.passkey === false) {
    return (
      <div className={css.purpose}>
        <h2>{text.title}</h2>
        <p>{text.noFactor}</p>
        <div className={css.purposeFoot}>
          <Link className={page.link} to="/settings">
            {text.account}
          </Link>
          <Button onPress={onClose}>{text.cancel}</Button>
        </div>
      </div>
    )
  }
  return (
    <div className={css.purpose}>
      <h2>{text.title}</h2>
      <p>{text.why}</p>
      <form className={page.form} onSubmit={submit}>
        <PurposeChoice legend={text.purpose} purposes={purposes} value={purpose} onChange={setPurpose} />
        <Field
          label={text.reason}
          value={reason}
          onChange={setReason}
          rows={3}
          minLength={20}
          maxLength={2000}
          required
        />
        {isStale ? null : <Failure error={look.error} />}
        <div className={css.purposeFoot}>
          <Button type="submit" look="danger" busy={look.busy} disabled={isStale}>
            {text.open}
          </Button>
          <Button onPress={onClose}>{text.cancel}</Button>
        </div>
      </form>
      {isStale && factor !== undefined ? (
        <>
          <p role="status">{text.prove}</p>
          <FactorProof
            factor={factor}
            onProven={(proven) => {
              queryClient.setQueryData(['GET /me', {}], proven)
              setProvenAt(Date.now())
            }}
          />
        </>
      ) : null}
    </div>
  )
}
