import { dateAndTime, kindName, names } from '@sereno/text'
import { type Column, DataTable, Icon, useLanguage } from '@sereno/ui'
import { Link } from '@tanstack/react-router'
import type { ReactElement, ReactNode } from 'react'
import type { Reply } from '../../api/api.ts'
import page from '../../shell/page.module.css'
import { useMay, useTimeZone } from '../../shell/session.ts'
import { useOversightText } from './text.ts'

type View = Reply<'GET /views'>['views'][number]
type ViewTableProps = {
  readonly caption: string
  readonly views: readonly View[]
  readonly more: ReactNode
  /** Of the reader's own footage: who was recorded needs no column. */
  readonly own?: boolean
}

/** Looks, newest first; CSV carries what is shown. */
export function ViewTable({ caption, views, more, own = false }: ViewTableProps): ReactElement {
  const text = useOversightText().views
  const language = useLanguage()
  const zone = useTimeZone()
  const mayFind = useMay('recording.find')
  const words = names(language)
  const roles = words.role as Readonly<Record<string, string>>
  const purposes = words.purpose as Readonly<Record<string, string>>
  const named = (of: Readonly<Record<string, string>>, value: string | null): string =>
    (value ?? '')
      .split(' ')
      .map((one) => of[one] ?? one)
      .join(', ')
  const kind = (view: View): string => `${view.allowed ? '' : `${text.deniedMark}: `}${kindName(view.kind, language)}`
  const footage = ({ recording }: View): ReactNode => {
    const short = recording === null ? '' : `…${recording.slice(-8)}`
    return recording === null || !mayFind ? (
      <code>{short}</code>
    ) : (
      <Link className={page.link} to="/recordings/$id" params={{ id: recording }}>
        <code>{short}</code>
      </Link>
    )
  }
  const columns: readonly Column<View>[] = [
    {
      id: 'at',
      title: text.at,
      wraps: true,
      text: ({ at }) => new Date(at).toISOString(),
      order: ({ at }) => at,
      cell: ({ at }) => dateAndTime(at, zone, language),
    },
    { id: 'who', title: text.who, wraps: true, text: ({ who }) => who, cell: ({ who }) => <b>{who}</b> },
    {
      id: 'kind',
      title: text.kind,
      wraps: true,
      text: kind,
      cell: (view) => (
        <span className={page.state}>
          {view.allowed ? null : <Icon name="denied" size="s" tone="warning" />}
          {kind(view)}
        </span>
      ),
    },
    {
      id: 'purpose',
      title: text.purpose,
      wraps: true,
      text: ({ purpose }) => named(purposes, purpose),
      cell: ({ purpose }) => named(purposes, purpose),
    },
    { id: 'officer', title: text.officer, text: ({ officer }) => officer ?? '', cell: ({ officer }) => officer ?? '–' },
    { id: 'recording', title: text.footage, spare: own, text: ({ recording }) => recording ?? '', cell: footage },
    {
      id: 'role',
      title: text.role,
      spare: true,
      text: ({ role }) => named(roles, role),
      cell: ({ role }) => named(roles, role),
    },
    {
      id: 'reference',
      title: text.reference,
      spare: true,
      text: ({ reference }) => reference ?? '',
      cell: ({ reference }) => reference ?? '',
    },
    {
      id: 'policy',
      title: text.policy,
      spare: true,
      text: ({ policy }) => policy ?? '',
      cell: ({ policy }) => <code>{policy ?? ''}</code>,
    },
  ]
  return (
    <DataTable
      caption={caption}
      columns={columns.filter(({ id }) => !own || id !== 'officer')}
      rows={views}
      id={({ entry }) => entry}
      fileName="miradas"
      more={more}
    />
  )
}
