import { names } from '@sereno/text'
import { Button, Countdown, Field, now, useLanguage, useSeconds } from '@sereno/ui'
import { type FormEvent, type ReactElement, useState } from 'react'
import type { RecordingFile } from '../../../api/api.ts'
import { CallFailed } from '../../../api/call.ts'
import { Failure } from '../../../api/failure.tsx'
import { keyPrint } from '../../../shell/keys.ts'
import { offered, PurposeChoice, viewPurposes } from '../../../shell/purpose-choice.tsx'
import { useMay } from '../../../shell/session.ts'
import { useWhy } from '../../../shell/task.ts'
import { useOversightText } from '../../oversight/text.ts'
import { useCaseHint } from './case-hint.ts'
import { GlassForm } from './glass-form.tsx'
import css from './purpose-panel.module.css'
import { usePlayerText } from './text.ts'
import type { Looking } from './use-look.ts'
import { useViewer } from './viewer.ts'

/** Asked again while the picture goes on, well before it lapses. */
const askAgainMs = 3 * 60_000

/** Asked in the column where one reads; a small line while it lasts, the whole question again before it lapses. */
export function PurposePanel({
  file: { recording, purposes },
  look,
}: {
  readonly file: RecordingFile
  readonly look: Looking
}): ReactElement {
  const text = usePlayerText().purpose
  const { isGuest } = useViewer()
  const language = useLanguage()
  const why = useWhy(offered(viewPurposes, purposes.view), useCaseHint())
  const { purpose, reference } = why
  const [asking, setAsking] = useState(false)
  const [breaking, setBreaking] = useState(false)
  const { ask } = useOversightText().breaking
  const mayBreak = useMay('recording.break-glass')
  useSeconds()
  const open = look.look
  const near = open !== null && open.expiresAt - now() < askAgainMs
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (purpose !== null) {
      look.open(purpose, reference.trim())
      setAsking(false)
    }
  }
  if (open === null && breaking) {
    return <GlassForm purposes={viewPurposes} look={look} onClose={() => setBreaking(false)} />
  }
  const isRefused = purpose === null || (look.error instanceof CallFailed && look.error.code === 'access.denied')
  const emergency =
    open === null && mayBreak && isRefused ? (
      <Button look="quiet" onPress={() => setBreaking(true)}>
        {ask}
      </Button>
    ) : null
  if (open === null && purpose === null) {
    return (
      <div className={css.purpose}>
        <p>{text.denied}</p>
        {emergency}
      </div>
    )
  }
  if (open !== null && !near && !asking) {
    return (
      <div className={css.purpose}>
        <div className={css.purposeHead}>
          <h2>{text.openedFor(names(language).purpose[open.purpose])}</h2>
          <span>
            {text.left} <Countdown to={open.expiresAt} nearMs={askAgainMs} />
          </span>
        </div>
        <p>
          {text.policy} <code>{open.policy}</code>
        </p>
        <div className={css.purposeFoot}>
          <Button onPress={() => setAsking(true)}>{text.change}</Button>
          <Button look="quiet" onPress={look.close}>
            {text.stop}
          </Button>
        </div>
      </div>
    )
  }
  return (
    <form className={css.purpose} onSubmit={submit}>
      <div className={css.purposeHead}>
        <h2>{open === null ? text.open : text.goOn}</h2>
        {open === null ? null : (
          <span>
            <Countdown to={open.expiresAt} nearMs={askAgainMs} /> {text.dims}
          </span>
        )}
      </div>
      <PurposeChoice legend={text.open} purposes={why.choices} value={purpose} onChange={why.choose} />
      {isGuest ? null : (
        <Field
          label={purpose === 'case' ? text.caseCode : text.reference}
          value={reference}
          onChange={why.refer}
          maxLength={120}
          required={purpose === 'case'}
        />
      )}
      <Failure error={look.error} />
      {emergency}
      <div className={css.purposeFoot}>
        <Button
          type="submit"
          look="go"
          keys={keyPrint('acknowledge', language)}
          busy={look.busy}
          disabled={recording.destroyed || recording.segments === 0}
        >
          {open === null ? text.start : text.renew}
        </Button>
        <span>{text.before}</span>
      </div>
    </form>
  )
}
