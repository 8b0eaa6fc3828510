import { kindName, names, number, when } from '@sereno/text'
import { Icon, type IconName, now, useLanguage } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import type { CustodyEntry, Recording } from '../../../api/api.ts'
import { Failure } from '../../../api/failure.tsx'
import { useMay, useTimeZone } from '../../../shell/session.ts'
import css from './custody-list.module.css'
import { usePlayerText } from './text.ts'
import { useViewer } from './viewer.ts'

const icons: readonly (readonly [RegExp, IconName])[] = [
  [/view|look/, 'eye'],
  [/seal/, 'verify'],
  [/export/, 'package'],
  [/^live/, 'live'],
  [/mark|categor/, 'mark'],
  [/alarm|sos/, 'sos'],
  [/device|shift/, 'phone'],
  [/gap/, 'gap'],
]

/** Everything that was done with it: ledger index, deed, person, and the policy that allowed or refused. */
export function CustodyList({
  recording,
  entry,
}: {
  readonly recording: Recording
  readonly entry: string | null
}): ReactElement {
  const text = usePlayerText().custody
  const viewer = useViewer()
  const isStaffReader = useMay('recording.custody')
  const mayRead = isStaffReader || viewer.isGuest
  const ledger = useMay('ledger.read')
  const custody = useQuery({
    queryKey: [viewer.custodyName, { params: { id: recording.id } }],
    queryFn: ({ signal }) => viewer.custody(recording.id, signal),
    enabled: mayRead,
    refetchInterval: 60_000,
  })
  const entries = custody.data?.entries ?? []
  return (
    <section className={css.custody} aria-labelledby="custody-title">
      <div className={css.sectionHead}>
        <h2 id="custody-title">{text.title}</h2>
        <span>{mayRead ? text.count(entries.length) : null}</span>
      </div>
      <ol aria-labelledby="custody-title">
        {entries.map((one) => (
          <CustodyRow key={one.id} entry={one} current={one.id === entry} />
        ))}
        {mayRead && custody.data !== undefined && entries.length === 0 ? <li>{text.empty}</li> : null}
        {mayRead ? null : <li>{text.hidden}</li>}
      </ol>
      <div className={css.more}>
        <Failure error={custody.error} />
        {ledger ? (
          <Link to="/ledger" search={{ subject: `recording:${recording.id}` }}>
            {text.proofs}
          </Link>
        ) : null}
      </div>
    </section>
  )
}

function CustodyRow({ entry, current }: { readonly entry: CustodyEntry; readonly current: boolean }): ReactElement {
  const text = usePlayerText().custody
  const language = useLanguage()
  const zone = useTimeZone()
  const deed = kindName(entry.kind, language)
  const icon = entry.allowed ? (icons.find(([kind]) => kind.test(entry.kind))?.[1] ?? 'machine') : 'denied'
  const purposes = names(language).purpose as Readonly<Record<string, string>>
  const roles = names(language).role as Readonly<Record<string, string>>
  const purpose = entry.purpose === null ? '' : `, ${text.for} ${purposes[entry.purpose] ?? entry.purpose}`
  const role = entry.role === null ? '' : `, ${roles[entry.role] ?? entry.role}`
  return (
    <li data-denied={!entry.allowed} data-now={current}>
      <span className={css.index}>
        {entry.index === null ? (
          <abbr title={text.pending} aria-label={text.pending}>
            ···
          </abbr>
        ) : (
          number(entry.index, language)
        )}
      </span>
      <Icon name={icon} />
      <p>
        <b>{entry.allowed ? deed : `${text.denied}: ${deed}`}</b> {entry.who}
        {role}
        {purpose} · {when(entry.at, now(), zone, language)}
        {entry.details.enteredBy === undefined ? null : <span>{text.enteredBy(entry.details.enteredBy)}</span>}
        {entry.policy === null ? null : (
          <span>
            {text.policy} <code>{entry.policy}</code>
          </span>
        )}
      </p>
    </li>
  )
}
