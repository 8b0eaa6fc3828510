import { dateAndTime } from '@sereno/text'
import { Button, Icon, useLanguage } from '@sereno/ui'
import { type ReactElement, useState } from 'react'
import type { Reply } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import css from './completeness.module.css'
import { ExplainForm } from './explain-form.tsx'
import { useCompletenessText } from './text.ts'

type Missing = Reply<'GET /completeness'>['missing'][number]

/** What the rules wanted recorded and nobody recorded. */
export function MissingPart({ missing }: { readonly missing: readonly Missing[] }): ReactElement {
  const text = useCompletenessText().missing
  return (
    <section className={css.part} aria-labelledby="missing">
      <h2 id="missing">{text.title}</h2>
      {missing.length === 0 ? (
        <p className={page.soft}>
          <Icon name="check" /> {text.none}
        </p>
      ) : (
        <ul className={css.list}>
          {missing.map((one) => (
            <MissingItem key={one.id} missing={one} />
          ))}
        </ul>
      )}
    </section>
  )
}

function MissingItem({ missing }: { readonly missing: Missing }): ReactElement {
  const all = useCompletenessText()
  const text = all.missing
  const language = useLanguage()
  const zone = useTimeZone()
  const [explaining, setExplaining] = useState(false)
  const { explained, state } = missing
  return (
    <li>
      <span>
        <span className={page.state}>
          <Icon name={state === 'open' ? 'warning' : 'check'} /> <strong>{text.rule[missing.rule]}</strong>{' '}
          {missing.device}
          {missing.officer === null ? '' : ` · ${missing.officer}`}
        </span>
        <br />
        <span className={page.soft}>
          {dateAndTime(missing.from, zone, language)} ·{' '}
          {explained === null
            ? text.states[state]
            : `${all.explain.causes[explained.cause]}: ${explained.words} (${explained.by})`}
        </span>
      </span>
      {missing.may.includes('completeness.explain') && !explaining ? (
        <Button onPress={() => setExplaining(true)}>{all.gaps.explain}</Button>
      ) : null}
      {explaining ? (
        <ExplainForm
          onClose={() => setExplaining(false)}
          act={(body) => call('POST /completeness/missing/:id/explain', { params: { id: missing.id }, body })}
        />
      ) : null}
    </li>
  )
}
