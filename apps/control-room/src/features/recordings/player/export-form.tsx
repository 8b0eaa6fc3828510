import type { Purpose } from '@sereno/contracts'
import { bytes } from '@sereno/text'
import { Button, Checkbox, Field, useLanguage } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useRef, useState } from 'react'
import type { RecordingFile } from '../../../api/api.ts'
import { Failure } from '../../../api/failure.tsx'
import { changed } from '../../../api/queries.ts'
import page from '../../../shell/page.module.css'
import { offered, PurposeChoice } from '../../../shell/purpose-choice.tsx'
import { taskChanged, useWhy } from '../../../shell/task.ts'
import { download, saveBlob } from './download.ts'
import css from './export-form.module.css'
import { usePlayerText } from './text.ts'
import { useViewer } from './viewer.ts'

const exportPurposes: readonly Purpose[] = ['request', 'case', 'complaint', 'audit', 'incident', 'supervision']

/** The package: an entry first, then one stream with progress that can be stopped. */
export function ExportForm({
  file: { recording, purposes },
  onClose,
}: {
  readonly file: RecordingFile
  readonly onClose: () => void
}): ReactElement {
  const text = usePlayerText()
  const language = useLanguage()
  const viewer = useViewer()
  const why = useWhy(offered(exportPurposes, purposes.export))
  const purpose = why.purpose ?? 'request'
  const { reference } = why
  const [positions, setPositions] = useState(true)
  const [progress, setProgress] = useState<{ readonly done: number; readonly all: number } | null>(null)
  const stop = useRef(new AbortController())
  const make = useMutation({
    mutationFn: async () => {
      stop.current = new AbortController()
      const made = await viewer.pack(recording.id, {
        purpose,
        positions,
        ...(reference.trim() === '' ? {} : { reference: reference.trim() }),
      })
      setProgress({ done: 0, all: made.sizeBytes })
      const onProgress = (done: number): void => setProgress({ done, all: Math.max(done, made.sizeBytes) })
      const blob = await download({ url: made.url, signal: stop.current.signal, onProgress })
      saveBlob(blob, made.fileName)
    },
    onSettled: () => Promise.all([changed(viewer.custodyName), viewer.isGuest ? null : taskChanged()]),
  })
  const stopped = make.error instanceof DOMException
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    make.mutate()
  }
  if (make.isPending || make.isSuccess || stopped) {
    return (
      <div className={page.form} role="status">
        {make.isSuccess ? (
          <p>
            {text.export.done} {text.export.verify} <a href="/verify">/verify</a>
          </p>
        ) : stopped ? (
          <p>{text.export.stopped}</p>
        ) : (
          <p>
            {progress === null
              ? text.export.making
              : text.export.downloading(bytes(progress.done, language), bytes(progress.all, language))}
          </p>
        )}
        {make.isPending ? <progress className={css.progress} max={progress?.all} value={progress?.done} /> : null}
        <div className={page.row}>
          {make.isPending ? (
            <Button onPress={() => stop.current.abort()}>{text.export.stop}</Button>
          ) : (
            <Button onPress={onClose}>{text.actions.close}</Button>
          )}
        </div>
      </div>
    )
  }
  return (
    <form className={page.form} onSubmit={submit}>
      <p className={page.soft}>{text.export.body}</p>
      {viewer.isGuest ? null : (
        <>
          <PurposeChoice legend={text.purpose.open} purposes={why.choices} value={purpose} onChange={why.choose} />
          <Field
            label={purpose === 'case' ? text.purpose.caseCode : text.purpose.reference}
            value={reference}
            onChange={why.refer}
            maxLength={120}
            required={purpose === 'case'}
          />
          <Checkbox checked={positions} onChange={setPositions}>
            {text.export.positions}
          </Checkbox>
        </>
      )}
      <Failure error={make.error} />
      <div className={page.row}>
        <Button type="submit" look="go">
          {text.export.make}
        </Button>
        <Button onPress={onClose}>{text.actions.cancel}</Button>
      </div>
    </form>
  )
}
