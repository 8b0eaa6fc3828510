import { bytes } from '@sereno/text'
import { useLanguage } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import type { Reply } from '../../api/api.ts'
import { asked } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { type IntakeText, useIntakeText } from './text.ts'

export type OriginalFile = Reply<'GET /recordings/:id/files'>['files'][number]
export type FilesOperation = 'GET /recordings/:id/files' | 'GET /guest/recordings/:id/files'
const staffs: FilesOperation = 'GET /recordings/:id/files'
const makingMs = 4_000

/** The whole files of a recording; asked again while a viewing copy is being made. */
export function useRecordingFiles(
  recording: string,
  enabled: boolean,
  operation: FilesOperation = staffs,
): readonly OriginalFile[] | undefined {
  const files = useQuery({
    ...asked(operation, { params: { id: recording } }),
    enabled,
    refetchInterval: ({ state }) =>
      state.data?.files.some(({ copy }) => copy.state === 'wanted' && copy.reason !== 'no-ffmpeg') === true
        ? makingMs
        : false,
  })
  return files.data?.files
}

/** What of a file is shown, or why not, in one sentence. */
export function shownWords(text: IntakeText['files'], file: OriginalFile): string {
  if (file.shown !== 'nothing') {
    return text[file.shown]
  }
  if (file.role !== 'video' && file.role !== 'sound') {
    return text[file.role]
  }
  const { reason, state } = file.copy
  return reason !== null && reason in text ? text[reason as 'failed'] : state === 'wanted' ? text.wanted : text.other
}

export function RecordingFiles({
  recording,
  operation,
}: {
  readonly recording: string
  readonly operation?: FilesOperation
}): ReactElement | null {
  const text = useIntakeText().files
  const language = useLanguage()
  const files = useRecordingFiles(recording, true, operation)
  if (files === undefined) {
    return null
  }
  return (
    <section aria-label={text.title} style={{ padding: 'var(--space-3) var(--space-4)' }}>
      <h2>{text.title}</h2>
      <dl className={page.facts} style={{ gridTemplateColumns: 'minmax(0, 1fr)' }}>
        {files.map((file) => (
          <div key={file.sequence}>
            <dt title={`sha-256 ${file.sha256}`}>
              {file.name} · {bytes(file.sizeBytes, language)}
            </dt>
            <dd className={page.soft}>{shownWords(text, file)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
