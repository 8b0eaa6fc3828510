import { Button, useText } from '@sereno/ui'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type ReactElement, useEffect } from 'react'
import type { Me } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { asked } from '../../api/queries.ts'
import { mayWait, signInByPasskey, wasLeft } from '../../shell/passkey.ts'
import css from './sign-in.module.css'
import { signInEn } from './text.en.ts'
import { signInEs } from './text.es.ts'

/** A passkey, or the municipality's own identity provider, where there is one. */
export function OtherWays({
  isGuest = false,
  onSignedIn,
}: {
  /** An outside account: the municipality's provider knows nobody of them. */
  readonly isGuest?: boolean
  readonly onSignedIn: (me: Me) => void
}): ReactElement | null {
  const text = useText({ es: signInEs, en: signInEn })
  const { data: ways } = useQuery(asked('GET /session/ways', {}))
  const passkey = useMutation({ mutationFn: signInByPasskey, onSuccess: onSignedIn })
  const provider = useMutation({
    mutationFn: () => call('POST /session/provider/begin', {}),
    onSuccess: ({ url }) => location.assign(url),
  })
  const offers = ways?.passkeys === true
  const { mutate } = passkey
  useEffect(() => {
    if (offers) {
      void mayWait().then((can) => (can ? mutate(true) : undefined))
    }
  }, [offers, mutate])
  const named = isGuest ? null : (ways?.provider ?? null)
  if (ways === undefined || (!offers && ways.passkeysAt === null && named === null)) {
    return null
  }
  return (
    <div className={css.form}>
      {offers ? (
        <Button icon="shield" onPress={() => mutate(false)} wide>
          {text.passkey}
        </Button>
      ) : null}
      {named === null ? null : (
        <Button icon="people" onPress={() => provider.mutate()} busy={provider.isPending} wide>
          {text.provider(named.name)}
        </Button>
      )}
      {ways.passkeysAt === null ? null : (
        <p>
          {text.passkeyAt} <a href={ways.passkeysAt}>{ways.passkeysAt}</a>
        </p>
      )}
      <Failure error={wasLeft(passkey.error) ? null : passkey.error} />
      <Failure error={provider.error} />
    </div>
  )
}
