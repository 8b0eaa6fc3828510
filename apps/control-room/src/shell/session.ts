import { createContext, use } from 'react'
import type { Installation, Me } from '../api/api.ts'
import type { LiveRoom } from '../live/session.ts'

/**
 * Who is here, where, and the room's live line: fixed for as long as a person is signed in, so it is handed down as
 * it is. Data of screens never travels this way.
 */
export type Session = { readonly me: Me; readonly installation: Installation; readonly live: LiveRoom }
export const SessionContext = createContext<Session | null>(null)

export function useSession(): Session {
  const session = use(SessionContext)
  if (session === null) {
    throw new Error('a screen of the room was shown to nobody')
  }
  return session
}

export const useTimeZone = (): string => useSession().me.municipality.timeZone
export const useMay = (permission: Me['permissions'][number]): boolean =>
  useSession().me.permissions.includes(permission)
