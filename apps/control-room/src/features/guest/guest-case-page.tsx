import { duration, when } from '@sereno/text'
import { Countdown, now, useLanguage } from '@sereno/ui'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactElement, useState } from 'react'
import type { GuestCase } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { asked, changed } from '../../api/queries.ts'
import { DeedList } from '../../shell/deed-list.tsx'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import { CopyRow } from '../cases/copies-section.tsx'
import css from './guest.module.css'
import { GuestLive } from './guest-live.tsx'
import { GuestPasskey } from './guest-passkey.tsx'
import { useGuestText } from './text.ts'

const againMs = 10_000
const dayMs = 24 * 3_600_000

/** The one case: what it holds, until when, and what the reader did with it. */
export function GuestCasePage(): ReactElement {
  const text = useGuestText()
  const file = useQuery({ ...asked('GET /guest/case', {}), refetchInterval: againMs })
  if (file.data === undefined) {
    return (
      <main className={page.notice}>
        <p>{file.error === null ? `${text.loading}…` : null}</p>
        <Failure error={file.error} />
      </main>
    )
  }
  return <Whole file={file.data} />
}

function Whole({ file }: { readonly file: GuestCase }): ReactElement {
  const text = useGuestText()
  return (
    <main className={css.case}>
      <header className={css.head}>
        <p>{text.title}</p>
        <h1>
          {file.code} · {file.title}
        </h1>
        <p>
          {text.basis}: {file.guest.basis} · {file.guest.office}
        </p>
        <p>
          {text.until}: <Ending at={file.guest.expiresAt} />
        </p>
        <p className={css.duty}>{text.duty}</p>
      </header>
      {file.live.map((live) => (
        <section key={live.id} className={css.section} aria-label={text.live}>
          <h2>
            {text.live}: {live.deviceCode}
          </h2>
          <GuestLive live={live} />
        </section>
      ))}
      <Recordings file={file} />
      <Copies file={file} />
      <section className={css.section}>
        <h2>{text.verify}</h2>
        <p>{text.verifyWhy}</p>
        <a href="/verify" target="_blank" rel="noreferrer">
          {text.verify}
        </a>
      </section>
      <GuestPasskey />
      <Looks />
    </main>
  )
}

/** A date while it is days away, then a clock that runs down. */
function Ending({ at }: { readonly at: number }): ReactElement {
  const language = useLanguage()
  const zone = useTimeZone()
  const date = when(at, now(), zone, language)
  return at - now() > dayMs ? (
    <b>{date}</b>
  ) : (
    <b>
      {date} · <Countdown to={at} nearMs={3_600_000} />
    </b>
  )
}

function Recordings({ file }: { readonly file: GuestCase }): ReactElement {
  const text = useGuestText()
  const language = useLanguage()
  const zone = useTimeZone()
  return (
    <section className={css.section}>
      <h2>{text.recordings}</h2>
      {file.recordings.length === 0 ? <p>{text.none}</p> : null}
      <ul className={css.rows}>
        {file.recordings.map((recording) => (
          <li key={recording.id}>
            <b>{recording.code}</b>
            <span>{when(recording.startedAt, now(), zone, language)}</span>
            <span>{duration(recording.durationMs)}</span>
            <span className={page.soft}>
              {recording.device.code} · {recording.officer?.code ?? ''}
            </span>
            <Link to="/guest/recordings/$id" params={{ id: recording.id }} className={css.open}>
              {text.watch}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Copies({ file }: { readonly file: GuestCase }): ReactElement | null {
  const text = useGuestText()
  const open = useMutation({
    mutationFn: async ({ derivative, lineage }: { readonly derivative: string; readonly lineage: boolean }) => {
      const { url } = await call('POST /guest/derivatives/:derivative/open', { params: { derivative } })
      window.open(lineage ? url.replace(/file$/, 'lineage.json') : url, '_blank', 'noopener')
    },
    onSettled: () => changed('GET /guest/looks'),
  })
  if (file.derivatives.length === 0) {
    return null
  }
  return (
    <section className={css.section}>
      <h2>{text.copies}</h2>
      <ul className={css.copies}>
        {file.derivatives.map((made) => (
          <CopyRow key={made.id} made={made} onOpen={(lineage) => open.mutate({ derivative: made.id, lineage })} />
        ))}
      </ul>
      <Failure error={open.error} />
    </section>
  )
}

function Looks(): ReactElement {
  const text = useGuestText()
  const [shown, setShown] = useState(false)
  const looks = useQuery({ ...asked('GET /guest/looks', {}), enabled: shown, refetchInterval: 30_000 })
  return (
    <details className={css.section} onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>{text.looks}</summary>
      <p>{text.looksWhy}</p>
      <Failure error={looks.error} />
      <DeedList entries={looks.data?.entries ?? []} />
    </details>
  )
}
