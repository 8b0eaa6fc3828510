import { setServerOffset } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, type ReactElement, Suspense, useEffect, useState } from 'react'
import type { Installation, Me } from '../api/api.ts'
import { CallFailed, onSessionEnded } from '../api/call.ts'
import { Failure } from '../api/failure.tsx'
import { asked, queryClient } from '../api/queries.ts'
import { SignInPage } from '../features/sign-in/index.ts'
import { type LiveRoom, noRoom, openRoom } from '../live/session.ts'
import { router } from '../router.tsx'
import { Lantern } from './lantern.tsx'
import { SessionContext } from './session.ts'
import type { Tokens } from './tokens.ts'

const SetUpPage = lazy(async () => ({ default: (await import('../features/set-up/index.ts')).SetUpPage }))

const FactorDoor = lazy(async () => ({ default: (await import('../features/settings/index.ts')).FactorDoor }))

/** Which of the three houses to show: set-up, the door, or the room. */
export function App({ tokens }: { readonly tokens: Tokens }): ReactElement {
  const installation = useQuery({ ...asked('GET /installation', {}), refetchInterval: 60_000 })
  const [isBack, setIsBack] = useState(tokens.provider !== null)
  const me = useQuery({
    ...asked('GET /me', {}),
    enabled: installation.data?.state === 'ready' && tokens.link === null && !isBack,
    refetchInterval: 60_000,
  })
  const [link, setLink] = useState(tokens.link)
  useEffect(() => onSessionEnded(() => void queryClient.invalidateQueries({ queryKey: ['GET /me'] })), [])
  useEffect(() => {
    if (installation.data !== undefined) {
      setServerOffset(installation.data.nowMs - Date.now())
    }
  }, [installation.data])
  const known = (signedIn: Me): void => {
    setLink(null)
    setIsBack(false)
    queryClient.setQueryData(['GET /me', {}], signedIn)
  }
  if (installation.data === undefined) {
    return <Lantern>{installation.error === null ? null : <Failure error={installation.error} />}</Lantern>
  }
  if (installation.data.state === 'set-up') {
    return (
      <Suspense fallback={<Lantern />}>
        <SetUpPage token={tokens.setUp} onReady={() => void installation.refetch()} />
      </Suspense>
    )
  }
  const nobody = me.error instanceof CallFailed && me.error.status === 401
  if (link !== null || isBack || nobody || (me.data === undefined && me.error !== null)) {
    return (
      <SignInPage
        installation={installation.data}
        link={link}
        provider={isBack ? tokens.provider : null}
        onSignedIn={known}
        failed={nobody ? null : me.error}
      />
    )
  }
  if (me.data?.factor.demanded === true) {
    return (
      <Suspense fallback={<Lantern />}>
        <FactorDoor me={me.data} />
      </Suspense>
    )
  }
  return me.data === undefined ? <Lantern /> : <SignedIn me={me.data} installation={installation.data} />
}

type SignedInProps = { readonly me: Me; readonly installation: Installation }

/** One socket per person signed in; it closes with the session. */
function SignedIn({ me, installation }: SignedInProps): ReactElement {
  const [live, setLive] = useState<LiveRoom | null>(null)
  const account = me.account.id
  const isGuest = me.permissions.includes('shared.read')
  // biome-ignore lint/correctness/useExhaustiveDependencies: another person is another room
  useEffect(() => {
    const opened = isGuest ? noRoom() : openRoom()
    setLive(opened)
    return () => opened.connection.dispose()
  }, [account])
  if (live === null) {
    return <Lantern />
  }
  return (
    <SessionContext value={{ me, installation, live }}>
      <RouterProvider router={router} />
    </SessionContext>
  )
}
