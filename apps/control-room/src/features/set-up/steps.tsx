import { Button, Field } from '@sereno/ui'
import type { ReactElement } from 'react'
import page from '../../shell/page.module.css'
import { RoleChoice } from '../../shell/role-choice.tsx'
import { type Draft, isTelephone, isZone, type Person } from './draft.ts'
import css from './set-up.module.css'
import { useSetUpText } from './text.ts'

type StepProps = { readonly draft: Draft; readonly set: (change: Partial<Draft>) => void }

export function PlaceStep({ draft, set }: StepProps): ReactElement {
  const text = useSetUpText()
  const zone = draft.timeZone.trim()
  const insecure = !/^https:|^http:\/\/(localhost|127\.)/.test(draft.origin)
  return (
    <>
      <Field
        label={text.municipality}
        hint={text.municipalityHint}
        value={draft.municipality}
        onChange={(municipality) => set({ municipality })}
        maxLength={120}
        required
        autoFocus
      />
      <Field
        label={text.timeZone}
        hint={text.timeZoneHint}
        value={draft.timeZone}
        onChange={(timeZone) => set({ timeZone })}
        maxLength={60}
        required
        {...(zone === '' || isZone(zone) ? {} : { error: text.badZone })}
      />
      <Field
        label={text.origin}
        hint={text.originHint}
        value={draft.origin}
        onChange={(origin) => set({ origin })}
        type="url"
        maxLength={300}
        required
      />
      {insecure ? <p className={css.warn}>{text.originWarn}</p> : null}
      <Field
        label={text.telephone}
        hint={text.telephoneHint}
        value={draft.telephone}
        onChange={(telephone) => set({ telephone })}
        inputMode="tel"
        maxLength={24}
        {...(isTelephone(draft.telephone) ? {} : { error: text.badTelephone })}
      />
    </>
  )
}

export function AdministratorStep({ draft, set }: StepProps): ReactElement {
  const text = useSetUpText()
  return (
    <>
      <Field
        label={text.name}
        value={draft.name}
        onChange={(name) => set({ name })}
        maxLength={120}
        autoComplete="name"
        required
        autoFocus
      />
      <Field
        label={text.signIn}
        value={draft.signIn}
        onChange={(signIn) => set({ signIn })}
        maxLength={120}
        autoComplete="username"
        required
      />
      <Field
        label={text.password}
        hint={text.passwordHint}
        value={draft.password}
        onChange={(password) => set({ password })}
        type="password"
        minLength={12}
        maxLength={1024}
        autoComplete="new-password"
        required
      />
    </>
  )
}

export function PeopleStep({ draft, set }: StepProps): ReactElement {
  const text = useSetUpText()
  const change = (key: number, given: Partial<Person>): void =>
    set({ people: draft.people.map((person) => (person.key === key ? { ...person, ...given } : person)) })
  const add = (): void =>
    set({
      people: [
        ...draft.people,
        { key: Math.max(0, ...draft.people.map(({ key }) => key)) + 1, name: '', signIn: '', roles: ['operator'] },
      ],
    })
  return (
    <>
      <p className={page.soft}>{text.peopleWhy}</p>
      {draft.people.map((person) => (
        <fieldset key={person.key} className={css.person}>
          <Field
            label={text.name}
            value={person.name}
            onChange={(name) => change(person.key, { name })}
            maxLength={120}
            required
            autoFocus
          />
          <Field
            label={text.signIn}
            value={person.signIn}
            onChange={(signIn) => change(person.key, { signIn })}
            maxLength={120}
            required
          />
          <RoleChoice legend={text.roles} value={person.roles} onChange={(roles) => change(person.key, { roles })} />
          <div>
            <Button
              look="quiet"
              icon="close"
              onPress={() => set({ people: draft.people.filter(({ key }) => key !== person.key) })}
            >
              {text.removePerson(person.name)}
            </Button>
          </div>
        </fieldset>
      ))}
      <div>
        <Button icon="people" onPress={add} disabled={draft.people.length >= 50}>
          {text.addPerson}
        </Button>
      </div>
    </>
  )
}

export function BackupStep({ draft, set }: StepProps): ReactElement {
  const text = useSetUpText()
  return (
    <>
      <p className={page.soft}>{text.backupWhy}</p>
      <Field
        label={text.backup}
        hint={text.backupHint}
        value={draft.backupFolder}
        onChange={(backupFolder) => set({ backupFolder })}
        maxLength={500}
        placeholder="/mnt/respaldo/sereno"
        autoFocus
      />
    </>
  )
}
