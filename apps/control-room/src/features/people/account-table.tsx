import { names } from '@sereno/text'
import { Age, Button, type Column, DataTable, Icon, useLanguage } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import type { Account } from '../../api/api.ts'
import { asked } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useMay } from '../../shell/session.ts'
import type { Deed } from './account-dialog.tsx'
import { usePeopleText } from './text.ts'

type AccountTableProps = {
  readonly accounts: readonly Account[]
  readonly onDeed: (deed: Deed, account: Account) => void
}

export function AccountTable({ accounts, onDeed }: AccountTableProps): ReactElement {
  const text = usePeopleText()
  const words = names(useLanguage()).role
  const officers = useQuery({ ...asked('GET /officers', {}), enabled: useMay('officer.read') })
  const codes = new Map(officers.data?.officers.map(({ id, code }) => [id, code]))
  const officer = (account: Account): string => codes.get(account.officer ?? '') ?? ''
  const roles = (account: Account): string => account.roles.map((role) => words[role]).join(', ')
  const columns: readonly Column<Account>[] = [
    { id: 'name', title: text.name, text: ({ name }) => name, cell: ({ name }) => <b>{name}</b> },
    { id: 'signIn', title: text.signIn, spare: true, text: ({ signIn }) => signIn, cell: ({ signIn }) => signIn },
    { id: 'roles', title: text.roles, text: roles, cell: roles },
    { id: 'officer', title: text.officer, spare: true, text: officer, cell: officer },
    {
      id: 'factor',
      title: text.factor,
      spare: true,
      text: ({ secondFactor }) => (secondFactor ? text.yes : text.no),
      cell: ({ secondFactor }) => (secondFactor ? text.yes : <span className={page.faint}>{text.no}</span>),
    },
    {
      id: 'seen',
      title: text.seen,
      align: 'end',
      spare: true,
      text: ({ lastSeenAt }) => (lastSeenAt === null ? '' : new Date(lastSeenAt).toISOString()),
      order: ({ lastSeenAt }) => -(lastSeenAt ?? 0),
      cell: ({ lastSeenAt }) => <Age at={lastSeenAt} />,
    },
    {
      id: 'active',
      title: text.active,
      text: ({ active }) => (active ? text.open : text.closed),
      cell: ({ active }) => (
        <span className={page.state}>
          <Icon name={active ? 'ok' : 'denied'} size="s" tone={active ? 'ok' : 'stale'} />
          {active ? text.open : text.closed}
        </span>
      ),
    },
    {
      id: 'actions',
      title: text.actions,
      text: () => '',
      cell: (account) => <Deeds account={account} onDeed={onDeed} />,
    },
  ]
  return <DataTable caption={text.title} columns={columns} rows={accounts} id={({ id }) => id} fileName="cuentas" />
}

function Deeds({
  account,
  onDeed,
}: {
  readonly account: Account
  readonly onDeed: AccountTableProps['onDeed']
}): ReactElement | null {
  const text = usePeopleText()
  if (!account.may.includes('account.write') || !account.active) {
    return null
  }
  return (
    <span className={page.row}>
      <Button look="quiet" onPress={() => onDeed('link', account)} label={`${text.link}: ${account.name}`}>
        {text.link}
      </Button>
      <Button look="quiet" onPress={() => onDeed('roles', account)} label={`${text.changeRoles}: ${account.name}`}>
        {text.changeRoles}
      </Button>
      {account.may.includes('account.officer') ? (
        <Button
          look="quiet"
          onPress={() => onDeed('officer', account)}
          label={`${text.changeOfficer}: ${account.name}`}
        >
          {text.changeOfficer}
        </Button>
      ) : null}
      <Button look="quiet" onPress={() => onDeed('close', account)} label={`${text.close}: ${account.name}`}>
        {text.close}
      </Button>
    </span>
  )
}
