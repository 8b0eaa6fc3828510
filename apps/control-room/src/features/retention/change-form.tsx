import { Button, Field, Select } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactElement, useState } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import { bringIntoView } from '../../shell/bring-into-view.ts'
import page from '../../shell/page.module.css'
import css from './retention.module.css'
import { Simulation } from './simulation.tsx'
import { useRetentionText } from './text.ts'
import type { Change, Rule, Rules } from './words.ts'

type ChangeFormProps = { readonly rules: Rules; readonly category: Rule['category']; readonly onClose: () => void }

type Draft = {
  readonly kind: Change['wish']['kind']
  readonly category: Rule['category']
  readonly unit: 'day' | 'year' | 'open'
  readonly count: string
  readonly setting: Rules['settings'][number]['setting']
  readonly value: string
}

function wishOf(draft: Draft): Change['wish'] {
  if (draft.kind === 'setting') {
    return { kind: 'setting', setting: draft.setting, value: Number(draft.value) }
  }
  if (draft.kind === 'existing') {
    return { kind: 'existing', category: draft.category }
  }
  const keep = draft.unit === 'open' ? null : { unit: draft.unit, count: Number(draft.count) }
  return { kind: 'term', category: draft.category, keep }
}

/** A change, and beside it what it would do: one cannot be proposed without having been counted. */
export function ChangeForm({ rules, category, onClose }: ChangeFormProps): ReactElement {
  const text = useRetentionText()
  const now = rules.rules.find((rule) => rule.category === category)?.keep ?? null
  const [draft, setDraft] = useState<Draft>({
    kind: 'term',
    category,
    unit: now?.unit ?? 'open',
    count: String(now?.count ?? 60),
    setting: 'waiting-days',
    value: '',
  })
  const [reason, setReason] = useState('')
  const simulate = useMutation({
    mutationFn: (wish: Change['wish']) => call('POST /retention/simulations', { body: wish }),
  })
  const propose = useMutation({
    mutationFn: () => call('POST /retention/changes', { body: { wish: wishOf(draft), reason: reason.trim() } }),
    onSuccess: () => {
      onClose()
      return changed('GET /retention/rules')
    },
  })
  const set = (change: Partial<Draft>): void => {
    setDraft({ ...draft, ...change })
    simulate.reset()
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (simulate.data === undefined) {
      simulate.mutate(wishOf(draft))
    } else {
      propose.mutate()
    }
  }
  return (
    <form ref={bringIntoView} className={page.form} onSubmit={submit}>
      <h2>{text.change.title}</h2>
      <p className={page.soft}>{text.change.body}</p>
      <DraftFields draft={draft} rules={rules} onChange={set} />
      {simulate.data === undefined ? null : (
        <>
          <Simulation wish={wishOf(draft)} simulation={simulate.data} />
          <Field
            label={text.change.reason}
            value={reason}
            onChange={setReason}
            rows={3}
            maxLength={500}
            required
            autoFocus
          />
        </>
      )}
      <Failure error={simulate.error ?? propose.error} />
      <div className={page.row}>
        <Button type="submit" look="go" busy={simulate.isPending || propose.isPending}>
          {simulate.data === undefined ? text.change.simulate : text.change.propose}
        </Button>
        <Button onPress={onClose}>{text.holds.cancel}</Button>
      </div>
    </form>
  )
}

type DraftFieldsProps = {
  readonly draft: Draft
  readonly rules: Rules
  readonly onChange: (change: Partial<Draft>) => void
}

function DraftFields({ draft, rules, onChange }: DraftFieldsProps): ReactElement {
  const text = useRetentionText()
  const options = <K extends string>(words: Readonly<Record<K, string>>) =>
    Object.entries<string>(words).map(([value, label]) => ({ value, label }))
  return (
    <>
      <Select
        label={text.change.kind}
        value={draft.kind}
        onChange={(kind) => onChange({ kind: kind as Draft['kind'] })}
        options={options(text.change.kinds)}
      />
      {draft.kind === 'setting' ? (
        <>
          <Select
            label={text.change.setting}
            value={draft.setting}
            onChange={(setting) => onChange({ setting: setting as Draft['setting'] })}
            options={rules.settings.map(({ setting, value }) => ({
              value: setting,
              label: `${text.setting[setting]}: ${value}`,
            }))}
          />
          <Field
            label={text.change.value}
            type="number"
            inputMode="numeric"
            value={draft.value}
            onChange={(value) => onChange({ value })}
            required
          />
        </>
      ) : (
        <Select
          label={text.change.category}
          value={draft.category}
          onChange={(category) => onChange({ category: category as Draft['category'] })}
          options={options(text.category)}
        />
      )}
      {draft.kind === 'term' ? (
        <div className={css.two}>
          {draft.unit === 'open' ? null : (
            <Field
              label={text.change.count}
              type="number"
              inputMode="numeric"
              value={draft.count}
              onChange={(count) => onChange({ count })}
              required
            />
          )}
          <Select
            label={text.change.unit}
            value={draft.unit}
            onChange={(unit) => onChange({ unit: unit as Draft['unit'] })}
            options={options(text.change.units)}
          />
        </div>
      ) : null}
    </>
  )
}
