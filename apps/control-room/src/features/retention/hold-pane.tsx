import { dateAndTime } from '@sereno/text'
import { Button, Icon, useLanguage } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import { bringIntoView } from '../../shell/bring-into-view.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import { NoticeForm } from './notice-form.tsx'
import { ReasonForm } from './reason-form.tsx'
import { RecordingLink } from './recording-link.tsx'
import css from './retention.module.css'
import { Sources } from './sources.tsx'
import { useRetentionText } from './text.ts'
import type { Hold } from './words.ts'

const touched = ['GET /retention/holds', 'GET /retention', 'GET /recordings/:id/retention'] as const

/** One hold: who, why, on which ground, the notice, and the two people who may let go of it. */
export function HoldPane({ hold }: { readonly hold: Hold | undefined }): ReactElement {
  const text = useRetentionText().holds
  const language = useLanguage()
  const zone = useTimeZone()
  if (hold === undefined) {
    return (
      <aside className={page.pane}>
        <p className={page.soft}>{text.choose}</p>
      </aside>
    )
  }
  const at = (ms: number): string => dateAndTime(ms, zone, language)
  const bases: Readonly<Record<string, string>> = text.bases
  return (
    <aside ref={bringIntoView} className={page.pane} data-region="hold" aria-label={hold.recording.code}>
      <h2>
        <RecordingLink id={hold.recording.id} code={hold.recording.code} />
      </h2>
      <p>{hold.reason}</p>
      <dl className={page.facts}>
        <dt>{text.basis}</dt>
        <dd>
          {bases[hold.basis] ?? hold.basis} <Sources sources={hold.sources} />
        </dd>
        <dt>{text.placed}</dt>
        <dd>
          {hold.placed.name}, {at(hold.placed.at)}
        </dd>
        {hold.notification === null ? null : (
          <>
            <dt>{text.notice}</dt>
            <dd>
              {hold.notification.number}, {hold.notification.date}, {hold.notification.channel}
              <br />
              {hold.notification.fileName} <code>{hold.notification.fileSha256.slice(0, 16)}…</code>
            </dd>
          </>
        )}
        <dt>{text.state}</dt>
        <dd>{text.states[hold.state]}</dd>
        {hold.release === null ? null : (
          <>
            <dt>{text.ask}</dt>
            <dd>
              {hold.release.asked.name}: {hold.release.reason}
            </dd>
          </>
        )}
      </dl>
      {hold.mustNotify && hold.notification === null && hold.state !== 'released' ? (
        <p className={css.warn}>
          <Icon name="warning" tone="warning" /> {text.lackingWhy}
        </p>
      ) : null}
      <HoldDeeds hold={hold} />
    </aside>
  )
}

function HoldDeeds({ hold }: { readonly hold: Hold }): ReactElement {
  const text = useRetentionText()
  const [open, setOpen] = useState<'notice' | 'ask' | 'refuse' | null>(null)
  const params = { id: hold.id }
  const approve = useMutation({
    mutationFn: () => call('POST /retention/holds/:id/release/approve', { params }),
    onSuccess: () => changed(...touched),
  })
  const may = (what: string): boolean => hold.may.includes(what)
  const close = (): void => setOpen(null)
  if (open === 'notice') {
    return <NoticeForm hold={hold.id} onClose={close} />
  }
  if (open === 'ask') {
    const ask = (reason: string) => call('POST /retention/holds/:id/release', { params, body: { reason } })
    return <ReasonForm label={text.holds.askReason} save={text.holds.ask} act={ask} changes={touched} onClose={close} />
  }
  if (open === 'refuse') {
    const refuse = (reason: string) => call('POST /retention/holds/:id/release/refuse', { params, body: { reason } })
    return (
      <ReasonForm
        label={text.holds.refuseReason}
        save={text.holds.refuse}
        act={refuse}
        changes={touched}
        onClose={close}
      />
    )
  }
  const asked = hold.state === 'release-asked'
  return (
    <div className={page.form}>
      {hold.state === 'release-approved' ? <p className={page.soft}>{text.holds.waiting}</p> : null}
      {asked && !may('retention.approve') && may('retention.propose') ? (
        <p className={page.soft}>{text.change.ownOne}</p>
      ) : null}
      <Failure error={approve.error} />
      <div className={page.row}>
        {may('hold.place') && hold.notification === null ? (
          <Button look={hold.mustNotify ? 'next' : 'plain'} onPress={() => setOpen('notice')}>
            {text.holds.notify}
          </Button>
        ) : null}
        {hold.state === 'held' && may('retention.propose') ? (
          <Button onPress={() => setOpen('ask')}>{text.holds.ask}</Button>
        ) : null}
        {may('retention.approve') ? (
          <Button look="go" onPress={() => approve.mutate()} busy={approve.isPending}>
            {text.holds.approve}
          </Button>
        ) : null}
        {(asked || hold.state === 'release-approved') && may('retention.propose') ? (
          <Button look="quiet" onPress={() => setOpen('refuse')}>
            {text.holds.refuse}
          </Button>
        ) : null}
      </div>
    </div>
  )
}
