import type { Purpose } from '@sereno/contracts'
import { createContext, use } from 'react'
import type { CustodyEntry, Look, OperationName, Reply } from '../../../api/api.ts'
import { call } from '../../../api/call.ts'
import type { FilesOperation } from '../../intake/recording-files.tsx'

export type Wish = { readonly purpose: Purpose; readonly reference?: string }
type Custody = { readonly entries: readonly CustodyEntry[] }

/** Through which operations a recording is watched: the staff's, or those of an outside account. One player for both. */
export type Viewer = {
  readonly isGuest: boolean
  readonly open: (recording: string, wish: Wish) => Promise<Look>
  readonly renew: (look: string, wish: Wish) => Promise<{ readonly expiresAt: number; readonly entry: string }>
  readonly close: (look: string) => Promise<unknown>
  readonly custodyName: OperationName
  readonly custody: (recording: string, signal: AbortSignal) => Promise<Custody>
  /** The whole files of other cameras, and where their bytes are read. */
  readonly filesName: FilesOperation
  readonly looksAt: string
  readonly pack: (
    recording: string,
    wish: Wish & { readonly positions: boolean },
  ) => Promise<Reply<'POST /recordings/:id/exports'>>
}

const staff: Viewer = {
  isGuest: false,
  open: (id, body) => call('POST /recordings/:id/looks', { params: { id }, body }),
  renew: (look, body) => call('POST /looks/:look/renew', { params: { look }, body }),
  close: (look) => call('POST /looks/:look/close', { params: { look } }),
  custodyName: 'GET /recordings/:id/custody',
  custody: (id, signal) => call('GET /recordings/:id/custody', { params: { id } }, signal),
  filesName: 'GET /recordings/:id/files',
  looksAt: '/api/looks',
  pack: (id, body) => call('POST /recordings/:id/exports', { params: { id }, body }),
}

export const guestViewer: Viewer = {
  isGuest: true,
  open: (id) => call('POST /guest/recordings/:id/looks', { params: { id } }),
  renew: (look) => call('POST /guest/looks/:look/renew', { params: { look } }),
  close: (look) => call('POST /guest/looks/:look/close', { params: { look } }),
  custodyName: 'GET /guest/recordings/:id/custody',
  custody: (id, signal) => call('GET /guest/recordings/:id/custody', { params: { id } }, signal),
  filesName: 'GET /guest/recordings/:id/files',
  looksAt: '/api/guest/looks',
  pack: (id) => call('POST /guest/recordings/:id/exports', { params: { id } }),
}

export const ViewerContext = createContext<Viewer>(staff)
export const useViewer = (): Viewer => use(ViewerContext)
