import { Button, useText } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useEffect, useRef } from 'react'
import type { Me } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import css from './sign-in.module.css'
import { signInEn } from './text.en.ts'
import { signInEs } from './text.es.ts'

type ReturnProps = { readonly query: string; readonly onSignedIn: (me: Me) => void; readonly onOther: () => void }

/** Back from the identity provider: what it sent along is told to the server, once. */
export function ProviderReturn({ query, onSignedIn, onOther }: ReturnProps): ReactElement {
  const text = useText({ es: signInEs, en: signInEn })
  const { mutate, error } = useMutation({
    mutationFn: () => call('POST /session/provider', { body: { query } }),
    onSuccess: onSignedIn,
  })
  const began = useRef(false)
  useEffect(() => {
    if (!began.current) {
      began.current = true
      mutate()
    }
  }, [mutate])
  return (
    <div className={css.form}>
      <h1>{text.providerBack}</h1>
      <Failure error={error} />
      {error === null ? null : (
        <Button look="quiet" onPress={onOther} wide>
          {text.linkOther}
        </Button>
      )}
    </div>
  )
}
