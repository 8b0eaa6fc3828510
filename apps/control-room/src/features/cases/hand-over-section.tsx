import type { HandOver } from '@sereno/contracts'
import { bytes } from '@sereno/text'
import { Button, Icon, useLanguage } from '@sereno/ui'
import type { ReactElement } from 'react'
import page from '../../shell/page.module.css'
import css from './cases.module.css'
import { may, Section, type SectionProps } from './section.tsx'
import { useCasesText } from './text.ts'

export function HandOverSection({ file, onDeed }: SectionProps): ReactElement {
  const text = useCasesText()
  const mayHand = file.may.includes('case.hand-over')
  return (
    <Section
      title={text.sections.handOvers}
      empty={file.handOvers.length === 0 ? text.nothing.handOvers : null}
      add={
        may(file, 'case.hand-over') && file.recordings.length > 0
          ? { label: text.handOver.add, icon: 'package', onPress: () => onDeed({ name: 'hand-over' }) }
          : null
      }
    >
      <ul className={css.rows}>
        {file.handOvers.map((made) => (
          <HandOverRow
            key={made.id}
            made={made}
            mayHand={mayHand}
            onReceive={() => onDeed({ name: 'receipt', id: made.id })}
          />
        ))}
      </ul>
    </Section>
  )
}

type RowProps = { readonly made: HandOver; readonly mayHand: boolean; readonly onReceive: () => void }

function HandOverRow({ made, mayHand, onReceive }: RowProps): ReactElement {
  const text = useCasesText().handOver
  const language = useLanguage()
  const at = `/api/hand-overs/${made.id}`
  const isReady = made.state === 'ready' || made.state === 'received'
  return (
    <li>
      <div className={css.line}>
        <b>{text.number(made.number)}</b>
        <span className={page.state}>
          <Icon
            name={
              made.state === 'received'
                ? 'ok'
                : made.state === 'failed'
                  ? 'warning'
                  : made.state === 'ready'
                    ? 'package'
                    : 'later'
            }
            size="s"
            tone={made.state === 'received' ? 'ok' : made.state === 'failed' ? 'warning' : 'info'}
          />
          <span role="status">{text.states[made.state]}</span>
        </span>
      </div>
      <p>
        {text.authorities[made.authority]} · {made.unit} · {made.officer}
      </p>
      {isReady && mayHand ? (
        <p className={css.line}>
          <a href={`${at}/acta.pdf`}>{text.acta}</a>
          <a href={`${at}/acta.json`}>{text.seal}</a>
          {made.items.map((item) => (
            <a key={item.recording} href={`${at}/packages/${item.recording}`} title={item.sha256}>
              {text.package} {item.code} ({bytes(item.sizeBytes, language)})
            </a>
          ))}
        </p>
      ) : null}
      {made.left.length === 0 ? null : (
        <p>
          {text.leftOut}: {made.left.map(({ code, reason }) => `${code} (${text.left[reason]})`).join(', ')}
        </p>
      )}
      {made.receipt === null ? null : (
        <p>
          {text.by(made.receipt.name, made.receipt.office)} · {made.receipt.document}
          {made.receipt.continued === null ? '' : ` · ${made.receipt.continued}`}{' '}
          {made.receipt.scan ? <a href={`${at}/scan`}>{text.scanned}</a> : null}
        </p>
      )}
      {made.state === 'ready' && mayHand ? (
        <div>
          <Button look="next" onPress={onReceive}>
            {text.receive}
          </Button>
        </div>
      ) : null}
    </li>
  )
}
