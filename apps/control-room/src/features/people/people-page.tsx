import { Button } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import type { Account } from '../../api/api.ts'
import { Failure } from '../../api/failure.tsx'
import { asked } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useMay } from '../../shell/session.ts'
import { AccountDialog, type Deed } from './account-dialog.tsx'
import { AccountTable } from './account-table.tsx'
import { usePeopleText } from './text.ts'

/** Who may enter, with which roles. */
export function PeoplePage(): ReactElement {
  const text = usePeopleText()
  const [open, setOpen] = useState<{ readonly deed: Deed; readonly account: Account | null } | null>(null)
  const accounts = useQuery(asked('GET /accounts', {}))
  const list = accounts.data?.accounts ?? []
  return (
    <main className={page.page}>
      <div className={page.head}>
        <h1>{text.title}</h1>
        <p>{text.count(list.length)}</p>
        <div className={page.tools}>
          {useMay('account.write') ? (
            <Button look="go" icon="people" onPress={() => setOpen({ deed: 'create', account: null })}>
              {text.add}
            </Button>
          ) : null}
        </div>
      </div>
      <div style={{ display: 'grid', minBlockSize: 0 }}>
        <Failure error={accounts.error} />
        <AccountTable accounts={list} onDeed={(deed, account) => setOpen({ deed, account })} />
      </div>
      {open === null ? null : <AccountDialog deed={open.deed} account={open.account} onClose={() => setOpen(null)} />}
    </main>
  )
}
