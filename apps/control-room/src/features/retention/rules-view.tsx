import { longDate, number } from '@sereno/text'
import { Button, type Column, DataTable, useLanguage } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import { Failure } from '../../api/failure.tsx'
import { asked } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import { ChangeForm } from './change-form.tsx'
import { ChangeList } from './change-list.tsx'
import css from './retention.module.css'
import { Sources } from './sources.tsx'
import { useRetentionText } from './text.ts'
import { keepWords, normOf, type Rule, type Rules } from './words.ts'

/** Terms by category with their norms, the numbers of the legal profile, and the changes people propose. */
export function RulesView(): ReactElement {
  const text = useRetentionText()
  const rules = useQuery({ ...asked('GET /retention/rules', {}), refetchInterval: 15_000 })
  const [category, setCategory] = useState<Rule['category'] | null>(null)
  if (rules.data === undefined) {
    return (
      <div className={page.notice} role="status">
        <Failure error={rules.error} />
        {rules.error === null ? text.loading : null}
      </div>
    )
  }
  const mayPropose = rules.data.may.includes('retention.propose')
  return (
    <div className={page.panes}>
      <div className={css.stack}>
        <RuleTable rules={rules.data} onPropose={mayPropose ? setCategory : null} />
        <NumberTable rules={rules.data} />
      </div>
      <aside className={page.pane} data-region="changes">
        {category === null ? (
          <>
            {mayPropose ? (
              <div>
                <Button look="next" onPress={() => setCategory('none')}>
                  {text.change.title}
                </Button>
              </div>
            ) : null}
            <ChangeList changes={rules.data.changes} />
          </>
        ) : (
          <ChangeForm key={category} rules={rules.data} category={category} onClose={() => setCategory(null)} />
        )}
      </aside>
    </div>
  )
}

type RuleTableProps = {
  readonly rules: Rules
  readonly onPropose: ((category: Rule['category']) => void) | null
}

function RuleTable({ rules, onPropose }: RuleTableProps): ReactElement {
  const text = useRetentionText()
  const language = useLanguage()
  const columns: readonly Column<Rule>[] = [
    {
      id: 'category',
      title: text.rules.category,
      text: ({ category }) => text.category[category],
      cell: ({ category }) =>
        onPropose === null ? (
          <b>{text.category[category]}</b>
        ) : (
          <button
            type="button"
            className="plain-link"
            aria-label={text.rules.proposeFor(text.category[category])}
            onClick={() => onPropose(category)}
          >
            {text.category[category]}
          </button>
        ),
    },
    {
      id: 'keep',
      title: text.rules.keep,
      text: ({ keep }) => keepWords(keep, text, language),
      cell: (rule) => <Keep rule={rule} />,
    },
    {
      id: 'norm',
      title: `${text.rules.norm} (${text.rules.certainty.toLowerCase()})`,
      text: ({ sources }) => sources.map(normOf).join('; '),
      cell: ({ sources }) => <Sources sources={sources} />,
    },
    {
      id: 'recordings',
      title: text.rules.recordings,
      align: 'end',
      spare: true,
      text: ({ recordings }) => String(recordings),
      order: ({ recordings }) => recordings,
      cell: ({ recordings }) => number(recordings, language),
    },
  ]
  return (
    <section>
      <DataTable
        caption={text.rules.title}
        columns={columns}
        rows={rules.rules}
        id={({ category }) => category}
        fileName="plazos"
        tools={<h2>{text.rules.title}</h2>}
      />
    </section>
  )
}

function Keep({ rule }: { readonly rule: Rule }): ReactElement {
  const text = useRetentionText()
  const language = useLanguage()
  return (
    <span className={css.norm}>
      <span>{keepWords(rule.keep, text, language)}</span>
      {rule.afterClosing === null ? null : (
        <span className={css.certain}>{text.keep.closing(keepWords(rule.afterClosing, text, language))}</span>
      )}
      {rule.reviewEveryDays === null ? null : (
        <span className={css.certain}>{text.keep.review(number(rule.reviewEveryDays, language))}</span>
      )}
      {rule.changedAt === null ? null : (
        <span className={rule.weakened ? css.warn : css.certain}>
          {rule.weakened ? text.rules.weakened : text.rules.changed}
        </span>
      )}
    </span>
  )
}

function NumberTable({ rules }: { readonly rules: Rules }): ReactElement {
  const text = useRetentionText()
  const language = useLanguage()
  type Row = Rules['profile']['numbers'][number]
  const zone = useTimeZone()
  const names: Readonly<Record<string, string>> = text.numbers
  const columns: readonly Column<Row>[] = [
    { id: 'id', title: text.rules.number, text: ({ id }) => names[id] ?? id, cell: ({ id }) => names[id] ?? id },
    {
      id: 'value',
      title: text.rules.value,
      text: ({ value, unit }) => `${value} ${unit}`,
      order: ({ value }) => value,
      cell: ({ value, unit }) => `${number(value, language)} ${text.units[unit][value === 1 ? 0 : 1]}`,
    },
    {
      id: 'norm',
      title: text.rules.norm,
      text: ({ sources }) => sources.map(normOf).join('; '),
      cell: ({ sources }) => <Sources sources={sources} />,
    },
    {
      id: 'from',
      title: text.rules.since,
      spare: true,
      text: ({ from }) => from,
      cell: ({ from }) => longDate(Date.parse(`${from}T17:00:00Z`), zone, language),
    },
  ]
  return (
    <section>
      <DataTable
        caption={text.rules.profile(rules.profile.id)}
        columns={columns}
        rows={rules.profile.numbers}
        id={({ id }) => id}
        fileName="perfil-legal"
        tools={<h2>{text.rules.profile(rules.profile.id)}</h2>}
      />
    </section>
  )
}
