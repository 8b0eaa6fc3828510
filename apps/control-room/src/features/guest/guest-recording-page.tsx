import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { Failure } from '../../api/failure.tsx'
import { asked } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { Player } from '../recordings/player/recording-page.tsx'
import { useGuestText } from './text.ts'

/** The same player as the staff's, through the guest's own operations. */
export function GuestRecordingPage(): ReactElement {
  const text = useGuestText()
  const { id } = useParams({ from: '/guest/recordings/$id' })
  const file = useQuery(asked('GET /guest/recordings/:id', { params: { id } }))
  if (file.data === undefined) {
    return (
      <main className={page.notice}>
        <p>{file.error === null ? `${text.loading}…` : null}</p>
        <Failure error={file.error} />
      </main>
    )
  }
  return <Player key={id} file={file.data} />
}
