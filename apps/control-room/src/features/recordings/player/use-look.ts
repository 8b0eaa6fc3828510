import type { Purpose } from '@sereno/contracts'
import { now } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { Look } from '../../../api/api.ts'
import { call } from '../../../api/call.ts'
import { changed } from '../../../api/queries.ts'
import { taskChanged } from '../../../shell/task.ts'
import { useViewer } from './viewer.ts'

export type OpenLook = Look & { readonly purpose: Purpose; readonly openedAt: number }
export type Looking = {
  readonly look: OpenLook | null
  /** It was open and its time ran out. */
  readonly lapsed: boolean
  readonly open: (purpose: Purpose, reference: string) => void
  /** Opens what no policy opens to one's role; the reason is judged by somebody else. */
  readonly breakGlass: (purpose: Purpose, reason: string) => void
  readonly close: () => void
  readonly busy: boolean
  readonly error: unknown
  /** When the error came, epoch ms of this machine; 0 when there is none. */
  readonly failedAt: number
}

type Asked = { readonly purpose: Purpose; readonly reference: string; readonly reason?: string }

/** A look at footage: asked for a purpose, renewed by a deed, closed with the page. Keeps I-3 on this side. */
export function useLook(recording: string): Looking {
  const viewer = useViewer()
  const [look, setLook] = useState<OpenLook | null>(null)
  const [lapsed, setLapsed] = useState(false)
  const latest = useRef<OpenLook | null>(null)
  latest.current = look
  const ask = useMutation({
    mutationFn: async ({ purpose, reference, reason }: Asked): Promise<OpenLook> => {
      if (reason !== undefined) {
        const given = { params: { id: recording }, body: { purpose, reason } }
        const broken = await call('POST /recordings/:id/break-glass', given)
        return { ...broken, purpose, openedAt: now() }
      }
      const body = { purpose, ...(reference === '' ? {} : { reference }) }
      const open = latest.current
      if (open !== null) {
        const renewed = await viewer.renew(open.look, body)
        return { ...open, ...renewed, purpose }
      }
      const opened = await viewer.open(recording, body)
      return { ...opened, purpose, openedAt: now() }
    },
    onSuccess: (opened) => {
      setLook(opened)
      setLapsed(false)
    },
    onSettled: () => Promise.all([changed(viewer.custodyName), viewer.isGuest ? null : taskChanged()]),
  })
  function close(): void {
    const open = latest.current
    setLook(null)
    if (open !== null) {
      void viewer
        .close(open.look)
        .catch(() => undefined)
        .then(() => changed(viewer.custodyName))
    }
  }
  const end = useRef(close)
  end.current = close
  useEffect(() => () => end.current(), [])
  useEffect(() => {
    if (look === null) {
      return
    }
    const timer = setTimeout(
      () => {
        setLapsed(true)
        end.current()
      },
      Math.max(0, look.expiresAt - now()),
    )
    return () => clearTimeout(timer)
  }, [look])
  return {
    look,
    lapsed,
    open: (purpose, reference) => ask.mutate({ purpose, reference }),
    breakGlass: (purpose, reason) => ask.mutate({ purpose, reference: '', reason }),
    close,
    busy: ask.isPending,
    error: ask.error,
    failedAt: ask.error === null ? 0 : ask.submittedAt,
  }
}
