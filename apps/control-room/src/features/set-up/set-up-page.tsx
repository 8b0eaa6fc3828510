import { Button, Icon } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { OneTimeLink } from '../../shell/one-time-link.tsx'
import page from '../../shell/page.module.css'
import { type Draft, emptyDraft, isTelephone, isZone, toBody } from './draft.ts'
import css from './set-up.module.css'
import { AdministratorStep, BackupStep, PeopleStep, PlaceStep } from './steps.tsx'
import { useSetUpText } from './text.ts'

const steps = ['place', 'administrator', 'people', 'backup'] as const
type SetUpPageProps = { readonly token: string | null; readonly onReady: () => void }

/** First run of a real installation: four steps, nothing saved until the last. */
export function SetUpPage({ token, onReady }: SetUpPageProps): ReactElement {
  const text = useSetUpText()
  const [at, setAt] = useState(0)
  const [draft, setDraft] = useState<Draft>(() =>
    emptyDraft(Intl.DateTimeFormat().resolvedOptions().timeZone, location.origin),
  )
  const set = (change: Partial<Draft>): void => setDraft((old) => ({ ...old, ...change }))
  const save = useMutation({
    mutationFn: (given: string) => call('POST /installation', { body: toBody(given, draft) }),
  })
  const step = steps[at] ?? 'place'
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (step === 'place' && !(isZone(draft.timeZone.trim()) && isTelephone(draft.telephone))) {
      return
    }
    if (at < steps.length - 1) {
      setAt(at + 1)
    } else if (token !== null) {
      save.mutate(token)
    }
  }
  if (token === null && save.data === undefined) {
    return (
      <Frame>
        <h1>{text.noToken}</h1>
        <p className={page.soft}>{text.noTokenWhy}</p>
      </Frame>
    )
  }
  if (save.data !== undefined) {
    return (
      <Frame>
        <h1>{text.done}</h1>
        <p className={page.soft}>{text.doneWhy}</p>
        {save.data.links.map(({ signIn, link }) => (
          <section key={signIn} aria-label={text.linkOf(signIn)}>
            <h2>{text.linkOf(signIn)}</h2>
            <OneTimeLink link={link} />
          </section>
        ))}
        <Button look="next" onPress={onReady}>
          {text.enter}
        </Button>
      </Frame>
    )
  }
  return (
    <Frame>
      <h1>{text.title}</h1>
      <p className={page.soft}>{text.intro}</p>
      <ol className={css.steps}>
        {steps.map((name, index) => (
          <li key={name} aria-current={index === at ? 'step' : undefined} data-done={index < at}>
            <Icon name={index < at ? 'check' : index === at ? 'now' : 'later'} size="s" />
            {text.steps[name]}
          </li>
        ))}
      </ol>
      <form
        key={step}
        className={page.form}
        onSubmit={submit}
        aria-label={`${text.step(at + 1, steps.length)}: ${text.steps[step]}`}
      >
        {step === 'place' ? <PlaceStep draft={draft} set={set} /> : null}
        {step === 'administrator' ? <AdministratorStep draft={draft} set={set} /> : null}
        {step === 'people' ? <PeopleStep draft={draft} set={set} /> : null}
        {step === 'backup' ? <BackupStep draft={draft} set={set} /> : null}
        <Failure error={save.error} />
        <div className={page.row}>
          <Button type="submit" look="go" busy={save.isPending}>
            {at === steps.length - 1 ? text.finish : text.next}
          </Button>
          {at > 0 ? <Button onPress={() => setAt(at - 1)}>{text.back}</Button> : null}
        </div>
      </form>
    </Frame>
  )
}

const Frame = ({ children }: { readonly children: React.ReactNode }): ReactElement => (
  <main className={css.frame}>
    <p className={css.brand}>
      <Icon name="lantern" tone="accent" /> Sereno
    </p>
    {children}
  </main>
)
