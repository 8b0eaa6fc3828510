import { Button, Dialog } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import type { CasePage } from '../../api/api.ts'
import { Failure } from '../../api/failure.tsx'
import { asked } from '../../api/queries.ts'
import { DeedList } from '../../shell/deed-list.tsx'
import page from '../../shell/page.module.css'
import { useCasesText } from './text.ts'

type GuestLogProps = {
  readonly file: CasePage
  readonly share: string
  readonly name: string
  readonly onClose: () => void
}

export function GuestLog({ file, share, name, onClose }: GuestLogProps): ReactElement {
  const text = useCasesText()
  const log = useQuery(asked('GET /cases/:id/shares/:share/looks', { params: { id: file.case.id, share } }))
  return (
    <Dialog title={`${text.share.log}: ${name}`} open onClose={onClose} wide>
      <div className={page.form}>
        <Failure error={log.error} />
        <DeedList entries={log.data?.entries ?? []} />
        <div>
          <Button onPress={onClose}>{text.close}</Button>
        </div>
      </div>
    </Dialog>
  )
}
