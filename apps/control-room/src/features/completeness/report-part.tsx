import { number, shortDate } from '@sereno/text'
import { Age, Button, Icon, useLanguage } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import type { Reply } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import css from './completeness.module.css'
import { useCompletenessText } from './text.ts'

const shown = 8

/** Storage, database and ledger compared: when, how much, what was found. */
export function ReportPart({ overview }: { readonly overview: Reply<'GET /completeness'> }): ReactElement {
  const text = useCompletenessText().report
  const language = useLanguage()
  const zone = useTimeZone()
  const run = useMutation({
    mutationFn: () => call('POST /completeness/reconciliations', {}),
    onSuccess: () => changed('GET /completeness'),
  })
  const { reconciliation: report, health, may } = overview
  const codes: Readonly<Record<string, string>> = text.codes
  const n = (value: number): string => number(value, language)
  return (
    <section className={css.part} aria-labelledby="report">
      <h2 id="report">{text.title}</h2>
      {report === null ? (
        <p className={page.soft}>{text.none}</p>
      ) : (
        <>
          <p className={css.verdict}>
            <Icon
              name={health.findings === 0 ? 'check' : 'warning'}
              {...(health.findings === 0 ? {} : { tone: 'warning' as const })}
            />
            {health.findings === 0 ? text.clean : text.broken(n(health.findings))} <Age at={report.startedAt} />
          </p>
          <p className={css.figures}>
            <span>
              <b>{n(report.objects)}</b> {text.objects}
            </span>
            <span>
              <b>{n(report.entries)}</b> {text.entries}
            </span>
            <span>
              <b>{n(report.rereadRecordings)}</b> {text.reread}
            </span>
            {report.waiting === 0 ? null : (
              <span>
                <b>{n(report.waiting)}</b> {text.waiting}
              </span>
            )}
            {health.oldestReread === null ? null : (
              <span>
                {text.oldest} <b>{shortDate(health.oldestReread, zone, language)}</b>
              </span>
            )}
          </p>
          <ul className={css.list}>
            {report.findings.slice(0, shown).map(({ code, detail }) => (
              <li key={`${code} ${detail}`}>
                <span>
                  {codes[code] ?? code} <code className={page.faint}>{detail}</code>
                </span>
              </li>
            ))}
          </ul>
          {report.findings.length > shown ? <p>{text.more(n(report.findings.length - shown))}</p> : null}
        </>
      )}
      <Failure error={run.error} />
      {may.includes('completeness.explain') ? (
        <div>
          <Button busy={run.isPending} onPress={() => run.mutate()}>
            {text.run}
          </Button>
        </div>
      ) : null}
    </section>
  )
}
