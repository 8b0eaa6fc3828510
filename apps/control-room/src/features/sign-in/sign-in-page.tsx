import { Icon, useLanguage, useText } from '@sereno/ui'
import { type ReactElement, useState } from 'react'
import type { Installation, Me } from '../../api/api.ts'
import { Failure } from '../../api/failure.tsx'
import { turnLanguage } from '../../shell/language.ts'
import { LinkForm } from './link-form.tsx'
import { OtherWays } from './other-ways.tsx'
import { PasswordForm } from './password-form.tsx'
import { ProviderReturn } from './provider-return.tsx'
import css from './sign-in.module.css'
import { signInEn } from './text.en.ts'
import { signInEs } from './text.es.ts'

type SignInPageProps = {
  readonly installation: Installation
  readonly link: string | null
  /** What the identity provider sent back with the browser. */
  readonly provider: string | null
  readonly onSignedIn: (me: Me) => void
  readonly failed: unknown
}

/** The door: a one-time link, or a name with a password and, where set, a code. */
export function SignInPage({ installation, link, provider, onSignedIn, failed }: SignInPageProps): ReactElement {
  const text = useText({ es: signInEs, en: signInEn })
  const language = useLanguage()
  const [usesLink, setUsesLink] = useState(link !== null)
  const [back, setBack] = useState(provider)
  const { municipality } = installation
  const isGuest = location.pathname.startsWith('/guest')
  return (
    <main className={css.page}>
      <div className={css.door}>
        <p className={css.brand}>
          <Icon name="lantern" tone="accent" /> Sereno
        </p>
        {municipality === null ? null : <p className={css.where}>{text.where(municipality.name)}</p>}
        {municipality?.fictitious === true ? (
          <p className={css.fictitious}>{isGuest ? text.guestFictitious : text.fictitious}</p>
        ) : null}
        <Failure error={failed} />
        {usesLink && link !== null ? (
          <>
            <LinkForm token={link} onSignedIn={onSignedIn} onOther={() => setUsesLink(false)} />
            {isGuest ? <OtherWays isGuest onSignedIn={onSignedIn} /> : null}
          </>
        ) : back === null ? (
          <>
            {isGuest ? (
              <>
                <h1>{text.guestTitle}</h1>
                <p>{text.guestReturn}</p>
              </>
            ) : (
              <PasswordForm onSignedIn={onSignedIn} />
            )}
            <OtherWays isGuest={isGuest} onSignedIn={onSignedIn} />
          </>
        ) : (
          <ProviderReturn query={back} onSignedIn={onSignedIn} onOther={() => setBack(null)} />
        )}
        <p className={css.foot}>
          {text.every}
          <button type="button" onClick={() => turnLanguage(language)}>
            {text.language}
          </button>
        </p>
      </div>
    </main>
  )
}
