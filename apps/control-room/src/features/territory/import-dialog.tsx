import { Button, Dialog } from '@sereno/ui'
import { type ReactElement, useEffect, useState } from 'react'
import { FileTrigger } from 'react-aria-components/FileTrigger'
import page from '../../shell/page.module.css'
import type { Ground } from './ground.ts'
import { ImportForm } from './import-form.tsx'
import { largestFileBytes, type ReadFile, readGeoJson } from './read-file.ts'
import { useTerritoryText } from './text.ts'

type ImportDialogProps = {
  readonly file: File | null
  readonly ground: Ground
  readonly onTake: (next: Ground) => void
  readonly onClose: () => void
}
type Read = { readonly name: string; readonly read: ReadFile }

async function readChosen(file: File): Promise<Read> {
  // a file that is too large is not even read
  const bytes = file.size > largestFileBytes ? null : new Uint8Array(await file.arrayBuffer())
  return { name: file.name, read: bytes === null ? { fault: 'too-large', at: null } : readGeoJson(bytes) }
}

/** A file chosen or dropped: what is wrong with it, or what it holds and how it is to be read. */
export function ImportDialog({ file, ground, onTake, onClose }: ImportDialogProps): ReactElement {
  const text = useTerritoryText().importing
  const [opened, setOpened] = useState<Read | null>(null)
  const open = (given: File): void => void readChosen(given).then(setOpened)
  useEffect(() => {
    if (file !== null) {
      void readChosen(file).then(setOpened)
    }
  }, [file])
  const read = opened?.read
  return (
    <Dialog title={text.title} open onClose={onClose}>
      <div className={page.form}>
        <p className={page.soft}>{text.hint}</p>
        <div>
          <FileTrigger
            acceptedFileTypes={['.geojson', '.json', 'application/geo+json']}
            onSelect={(files) => {
              const [given] = files ?? []
              if (given !== undefined) {
                open(given)
              }
            }}
          >
            <Button>{text.choose}</Button>
          </FileTrigger>
        </div>
        {read === undefined || opened === null ? null : read.fault !== null ? (
          <p role="alert">
            <b>{opened.name}</b>
            {read.at === null ? '' : ` · ${text.feature(read.at)}`}: {text.file[read.fault]}
          </p>
        ) : (
          <ImportForm
            key={opened.name}
            name={opened.name}
            features={read.features}
            properties={read.properties}
            ground={ground}
            onTake={(next) => {
              onTake(next)
              onClose()
            }}
          />
        )}
      </div>
    </Dialog>
  )
}
