import type { ReactElement } from 'react'
import type { CasePage } from '../../api/api.ts'
import type { CaseDeed } from './deed.ts'
import { EditForm, MergeForm, TransferForm } from './fate-forms.tsx'
import { GuestLog } from './guest-log.tsx'
import { HandOverForm } from './hand-over-form.tsx'
import { LiveForm } from './live-form.tsx'
import { ReasonForm } from './reason-form.tsx'
import { ReceiptForm } from './receipt-form.tsx'
import { EntranceDialog, ShareForm } from './share-form.tsx'
import { KnowledgeForm, NoteForm, PersonForm } from './write-forms.tsx'

type CaseDialogProps = { readonly file: CasePage; readonly deed: CaseDeed; readonly onClose: () => void }

export function CaseDialog({ file, deed, onClose }: CaseDialogProps): ReactElement {
  switch (deed.name) {
    case 'edit':
      return <EditForm file={file} onClose={onClose} />
    case 'merge':
      return <MergeForm file={file} onClose={onClose} />
    case 'transfer':
      return <TransferForm file={file} onClose={onClose} />
    case 'person':
      return <PersonForm file={file} onClose={onClose} />
    case 'note':
      return <NoteForm file={file} onClose={onClose} />
    case 'knowledge':
      return <KnowledgeForm file={file} onClose={onClose} />
    case 'hand-over':
      return <HandOverForm file={file} onClose={onClose} />
    case 'receipt':
      return <ReceiptForm id={deed.id} onClose={onClose} />
    case 'share':
      return <ShareForm file={file} onClose={onClose} />
    case 'entrance':
      return <EntranceDialog file={file} share={deed.id} onClose={onClose} />
    case 'guest-log':
      return <GuestLog file={file} share={deed.id} name={deed.label} onClose={onClose} />
    case 'live':
      return <LiveForm file={file} onClose={onClose} />
    default:
      return <ReasonForm file={file} deed={deed} onClose={onClose} />
  }
}
