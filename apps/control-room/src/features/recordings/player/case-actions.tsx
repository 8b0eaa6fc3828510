import { Button } from '@sereno/ui'
import type { ReactElement } from 'react'
import { useMay } from '../../../shell/session.ts'
import { useCasesText } from '../../cases/text.ts'

type CaseActionsProps = { readonly sealed: boolean; readonly onDialog: (dialog: string) => void }

/** What leads from the recording into a case; clips and stills are of sealed ones, which have a manifest to name. */
export function CaseActions({ sealed, onDialog }: CaseActionsProps): ReactElement | null {
  const text = useCasesText().player
  if (!useMay('case.write')) {
    return null
  }
  return (
    <>
      <Button icon="folder" onPress={() => onDialog('to-case')}>
        {text.toCase}
      </Button>
      {sealed ? (
        <>
          <Button icon="film" onPress={() => onDialog('clip')}>
            {text.clip}
          </Button>
          <Button icon="camera" onPress={() => onDialog('still')}>
            {text.still}
          </Button>
        </>
      ) : null}
    </>
  )
}
