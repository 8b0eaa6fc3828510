import { kindName, when } from '@sereno/text'
import { Icon, now, useLanguage } from '@sereno/ui'
import type { ReactElement } from 'react'
import type { CustodyEntry } from '../api/api.ts'
import css from './deed-list.module.css'
import { useTimeZone } from './session.ts'

/** Entries of the ledger, newest first: deed, who, when. */
export function DeedList({ entries }: { readonly entries: readonly CustodyEntry[] }): ReactElement {
  const language = useLanguage()
  const zone = useTimeZone()
  return (
    <ol className={css.deeds}>
      {entries.map((entry) => (
        <li key={entry.id} data-denied={!entry.allowed}>
          <Icon name={entry.allowed ? 'ledger' : 'denied'} size="s" />
          <p>
            <b>{kindName(entry.kind, language)}</b> {entry.who}
          </p>
          <time dateTime={new Date(entry.at).toISOString()}>{when(entry.at, now(), zone, language)}</time>
        </li>
      ))}
    </ol>
  )
}
