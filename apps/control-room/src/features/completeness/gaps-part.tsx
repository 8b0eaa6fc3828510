import { dateAndTime, number } from '@sereno/text'
import { Button, Icon, useLanguage } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import type { Reply } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import css from './completeness.module.css'
import { ExplainForm } from './explain-form.tsx'
import { useCompletenessText } from './text.ts'

type Gap = Reply<'GET /completeness'>['gaps'][number]

/** Numbers that are missing, alarms first. */
export function GapsPart({ gaps, graceMs }: { readonly gaps: readonly Gap[]; readonly graceMs: number }): ReactElement {
  const text = useCompletenessText().gaps
  return (
    <section className={css.part} aria-labelledby="gaps">
      <h2 id="gaps">{text.title}</h2>
      {gaps.length === 0 ? (
        <p className={page.soft}>
          <Icon name="check" /> {text.none} {text.noneNext}
        </p>
      ) : (
        <ul className={css.list}>
          {gaps.map((gap) => (
            <GapItem key={gap.id} gap={gap} graceMs={graceMs} />
          ))}
        </ul>
      )}
    </section>
  )
}

function GapItem({ gap, graceMs }: { readonly gap: Gap; readonly graceMs: number }): ReactElement {
  const all = useCompletenessText()
  const text = all.gaps
  const language = useLanguage()
  const zone = useTimeZone()
  const [explaining, setExplaining] = useState(false)
  const take = useMutation({
    mutationFn: () => call('POST /completeness/gaps/:id/take', { params: { id: gap.id } }),
    onSuccess: () => changed('GET /completeness'),
  })
  const { first, last, kind, state, explained } = gap
  const range = first === last ? number(first, language) : `${number(first, language)}–${number(last, language)}`
  const due = text.until(dateAndTime(gap.foundAt + graceMs, zone, language))
  return (
    <li>
      <span>
        <span className={page.state}>
          <Icon
            name={state === 'open' ? 'warning' : 'gap'}
            {...(state === 'open' ? { tone: 'warning' as const } : {})}
          />
          <strong>{text.kind[kind]}</strong> {gap.code}: {kind === 'unterminated' ? text.noEnd : range}
        </span>
        <br />
        <span className={page.soft}>
          {text.states[state]}
          {state === 'waiting' ? ` · ${due}` : ''}
          {explained === null
            ? ` · ${text.owner}: ${gap.owner ?? text.custodian}`
            : ` · ${all.explain.causes[explained.cause]}: ${explained.words} (${explained.by})`}
        </span>
      </span>
      <span className={css.deeds}>
        {gap.may.includes('completeness.explain') && !explaining ? (
          <>
            {gap.owner === null ? (
              <Button busy={take.isPending} onPress={() => take.mutate()}>
                {text.take}
              </Button>
            ) : null}
            <Button onPress={() => setExplaining(true)}>{text.explain}</Button>
          </>
        ) : null}
      </span>
      <Failure error={take.error} />
      {explaining ? (
        <ExplainForm
          onClose={() => setExplaining(false)}
          act={(body) => call('POST /completeness/gaps/:id/explain', { params: { id: gap.id }, body })}
        />
      ) : null}
    </li>
  )
}
