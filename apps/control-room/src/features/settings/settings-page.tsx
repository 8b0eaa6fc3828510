import { duration, names, timeOfDay } from '@sereno/text'
import { Age, Button, now, useLanguage } from '@sereno/ui'
import type { ReactElement } from 'react'
import { turnLanguage } from '../../shell/language.ts'
import page from '../../shell/page.module.css'
import { useSession } from '../../shell/session.ts'
import { signOut } from '../../shell/sign-out.ts'
import { turnTheme } from '../../shell/theme.ts'
import { AccessSection } from './access-section.tsx'
import { ContactSection } from './contact-section.tsx'
import { FactorSection } from './factor-section.tsx'
import { PasskeySection } from './passkey-section.tsx'
import { PasswordSection } from './password-section.tsx'
import css from './settings.module.css'
import { useSettingsText } from './text.ts'

/** My account: who I am here, how I look at it, and how I prove it is me. */
export function SettingsPage(): ReactElement {
  const text = useSettingsText()
  const language = useLanguage()
  const { me } = useSession()
  const zone = me.municipality.timeZone
  const words = names(language).role
  return (
    <main className={page.page}>
      <div className={page.head}>
        <h1>{text.title}</h1>
        <div className={page.tools}>
          <Button onPress={signOut}>{text.signOut}</Button>
        </div>
      </div>
      <div className={css.sections}>
        <section className={css.section}>
          <h2>{text.who}</h2>
          <dl className={page.facts}>
            <dt>{text.name}</dt>
            <dd>{me.account.name}</dd>
            <dt>{text.signIn}</dt>
            <dd>{me.account.signIn}</dd>
            <dt>{text.roles}</dt>
            <dd>{me.account.roles.map((role) => words[role]).join(', ')}</dd>
            <dt>{text.municipality}</dt>
            <dd>{me.municipality.name}</dd>
            <dt>{text.session}</dt>
            <dd>
              {text.started} <Age at={me.session.startedAt} /> · {text.idle}{' '}
              {duration(Math.max(0, me.session.idleAt - now()))} · {text.ends}{' '}
              {timeOfDay(me.session.endsAt, zone, language)}
            </dd>
          </dl>
        </section>
        <section className={css.section}>
          <h2>{text.look}</h2>
          <div className={page.row}>
            <Button keys="T" shortcut="T" onPress={turnTheme}>
              {text.theme}
            </Button>
            <Button onPress={() => turnLanguage(language)}>{text.language}</Button>
          </div>
        </section>
        <PasswordSection hasFactor={me.factor.code} />
        <PasskeySection factor={me.factor} />
        <FactorSection isSet={me.factor.code} />
        {me.permissions.includes('installation.read') ? <ContactSection /> : null}
        {me.permissions.includes('installation.write') ? <AccessSection /> : null}
      </div>
    </main>
  )
}
