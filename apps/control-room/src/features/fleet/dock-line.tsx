import { Button, Countdown } from '@sereno/ui'
import { type ReactElement, useState } from 'react'
import type { Reply } from '../../api/api.ts'
import page from '../../shell/page.module.css'
import css from './fleet.module.css'
import { useFleetText } from './text.ts'

const nearMs = 60_000

/** The one line that enrols a dock, typed where its files are. */
export function DockLine({ enrolment }: { readonly enrolment: Reply<'POST /devices/enrolments'> }): ReactElement {
  const text = useFleetText().enrolling
  const [copied, setCopied] = useState(false)
  // In quotes: a shell would take what follows the # for a remark.
  const line = `npx --no-install sereno-dock enrol '${enrolment.url}'`
  return (
    <div className={page.form}>
      <p>
        <b>{text.readDock(enrolment.code)}</b>
      </p>
      <p className={page.soft}>{text.howDock}</p>
      <code className={css.line}>{line}</code>
      <div>
        <Button icon="link" onPress={() => void navigator.clipboard.writeText(line).then(() => setCopied(true))}>
          {copied ? text.copied : text.copy}
        </Button>
      </div>
      <p>
        {text.left}{' '}
        <b>
          <Countdown to={enrolment.expiresAt} nearMs={nearMs} />
        </b>
      </p>
    </div>
  )
}
