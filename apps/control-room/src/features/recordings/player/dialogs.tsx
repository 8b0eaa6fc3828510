import { Dialog } from '@sereno/ui'
import type { ReactElement } from 'react'
import type { RecordingFile } from '../../../api/api.ts'
import { ClipForm, StillForm, ToCase } from '../../cases/to-case.tsx'
import type { Axis } from './axis.ts'
import { CategoryForm } from './category-form.tsx'
import { ExportForm } from './export-form.tsx'
import { GapForm } from './gap-form.tsx'
import { MarkForm } from './mark-form.tsx'
import type { Playback } from './playback.ts'
import { SealForm } from './seal-form.tsx'
import { usePlayerText } from './text.ts'

type RecordingDialogProps = {
  readonly name: string | null
  readonly file: RecordingFile
  readonly axis: Axis
  readonly playback: Playback
  /** The open look, under which a still may be kept. */
  readonly look: string | null
  readonly onClose: () => void
}

/** Work that can wait: the picture goes on behind it. */
export function RecordingDialog({
  name,
  file,
  axis,
  playback,
  look,
  onClose,
}: RecordingDialogProps): ReactElement | null {
  const text = usePlayerText()
  const { recording } = file
  switch (name) {
    case 'export':
      return (
        <Dialog title={text.export.title} open onClose={onClose}>
          <ExportForm file={file} onClose={onClose} />
        </Dialog>
      )
    case 'mark':
      return (
        <Dialog title={text.mark.title} open onClose={onClose}>
          <MarkForm
            recording={recording}
            atMs={Math.round(axis.startedAt + playback.positionMs.get())}
            onClose={onClose}
          />
        </Dialog>
      )
    case 'category':
      return (
        <Dialog title={text.category.title} open onClose={onClose}>
          <CategoryForm recording={recording} onClose={onClose} />
        </Dialog>
      )
    case 'to-case':
      return <ToCase recording={recording} onClose={onClose} />
    case 'clip':
      return <ClipForm recording={recording} atMs={playback.positionMs.get()} onClose={onClose} />
    case 'still':
      return (
        <StillForm
          recording={recording}
          atMs={playback.positionMs.get()}
          look={look}
          frame={playback.frame}
          onClose={onClose}
        />
      )
    case 'seal':
      return (
        <Dialog title={text.seal.title} open onClose={onClose}>
          <SealForm recording={recording} onClose={onClose} />
        </Dialog>
      )
    case 'gap':
      return (
        <Dialog title={text.gap.title} open onClose={onClose}>
          <GapForm file={file} onClose={onClose} />
        </Dialog>
      )
    default:
      return null
  }
}
