import type { Derivative } from '@sereno/contracts'
import { bytes, duration } from '@sereno/text'
import { Button, useLanguage } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import type { CasePage } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import css from './cases.module.css'
import { Section } from './section.tsx'
import { useCasesText } from './text.ts'

export function CopiesSection({ file }: { readonly file: CasePage }): ReactElement {
  const text = useCasesText()
  const open = useMutation({
    mutationFn: async ({ derivative, lineage }: { readonly derivative: string; readonly lineage: boolean }) => {
      const { url } = await call('POST /cases/:id/derivatives/:derivative/open', {
        params: { id: file.case.id, derivative },
        body: { purpose: 'case', reference: file.case.code },
      })
      window.open(lineage ? url.replace(/file$/, 'lineage.json') : url, '_blank', 'noopener')
    },
    onSettled: () => changed('GET /cases/:id', 'GET /me/task'),
  })
  return (
    <Section title={text.sections.copies} empty={file.derivatives.length === 0 ? text.nothing.copies : null}>
      <ul className={css.rows}>
        {file.derivatives.map((made) => (
          <CopyRow key={made.id} made={made} onOpen={(lineage) => open.mutate({ derivative: made.id, lineage })} />
        ))}
      </ul>
      <Failure error={open.error} />
      {file.derivatives.length === 0 ? null : <p>{text.copy.why}</p>}
    </Section>
  )
}

type CopyRowProps = { readonly made: Derivative; readonly onOpen: (lineage: boolean) => void }

/** A clip or still: what it is a part of, what was asked for and what it became. */
export function CopyRow({ made, onOpen }: CopyRowProps): ReactElement {
  const text = useCasesText().copy
  const language = useLanguage()
  const span = (from: number, to: number): string => `${duration(from)}–${duration(to)}`
  return (
    <li>
      <div className={css.line}>
        <b>{made.title}</b>
        <span>{text[made.kind]}</span>
        <span className={css.soft}>
          {made.recordingCode} · {made.kind === 'clip' ? span(made.fromMs, made.toMs) : duration(made.fromMs)} ·{' '}
          {bytes(made.sizeBytes, language)}
        </span>
        <div className={css.line}>
          <Button look="quiet" label={`${text.view}: ${made.title}`} onPress={() => onOpen(false)}>
            {text.view}
          </Button>
          <Button look="quiet" label={`${text.lineage}: ${made.title}`} onPress={() => onOpen(true)}>
            {text.lineage}
          </Button>
        </div>
      </div>
      <p>
        {made.kind === 'clip'
          ? `${text.whole}: ${text.of(made.fromSequence, made.toSequence, made.ofSequences)}; ${text.longer(span(made.askedFromMs, made.askedToMs), span(made.fromMs, made.toMs))}`
          : text.drawn}
      </p>
      <span className={css.hash}>sha-256 {made.sha256}</span>
    </li>
  )
}
