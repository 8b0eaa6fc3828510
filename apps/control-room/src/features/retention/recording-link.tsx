import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import page from '../../shell/page.module.css'
import { useMay } from '../../shell/session.ts'

/** A recording's code; a way to its page for whoever may find recordings. Overseers read it here and go no further. */
export function RecordingLink({ id, code }: { readonly id: string; readonly code: string }): ReactElement {
  return useMay('recording.find') ? (
    <Link to="/recordings/$id" params={{ id }} className={`${page.link} ${page.strong}`}>
      {code}
    </Link>
  ) : (
    <span className={page.strong}>{code}</span>
  )
}
