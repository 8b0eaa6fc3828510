import { Button, useText } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import type { Me } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import css from './sign-in.module.css'
import { signInEn } from './text.en.ts'
import { signInEs } from './text.es.ts'

type LinkFormProps = { readonly token: string; readonly onSignedIn: (me: Me) => void; readonly onOther: () => void }

/** A press, not the mere opening, spends the link: previews of chat programs must not. */
export function LinkForm({ token, onSignedIn, onOther }: LinkFormProps): ReactElement {
  const text = useText({ es: signInEs, en: signInEn })
  const attempt = useMutation({
    mutationFn: () => call('POST /session/link', { body: { token } }),
    onSuccess: onSignedIn,
  })
  return (
    <div className={css.form}>
      <h1>{text.linkTitle}</h1>
      <p>{text.linkBody}</p>
      <Failure error={attempt.error} />
      <Button look="next" onPress={() => attempt.mutate()} busy={attempt.isPending} autoFocus wide>
        {text.linkSubmit}
      </Button>
      <Button look="quiet" onPress={onOther} wide>
        {text.linkOther}
      </Button>
    </div>
  )
}
