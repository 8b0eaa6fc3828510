import { shortDate } from '@sereno/text'
import { Checkbox, Field, useLanguage } from '@sereno/ui'
import type { ReactElement } from 'react'
import type { Reply } from '../../api/api.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import { RecordingLink } from './recording-link.tsx'
import css from './retention.module.css'
import { useRetentionText } from './text.ts'
import { leftWords } from './words.ts'

type Item = Reply<'GET /retention/batches/:id'>['items'][number]
type BatchItemsProps = {
  readonly items: readonly Item[]
  /** Reason by recording of what the reviewer leaves out. */
  readonly left: Readonly<Record<string, string>>
  readonly onLeave: ((left: Readonly<Record<string, string>>) => void) | null
}

export function BatchItems({ items, left, onLeave }: BatchItemsProps): ReactElement {
  const text = useRetentionText().batches
  return (
    <section>
      <h3>{text.recordings}</h3>
      <ul className={css.items}>
        {items.map((item) => (
          <ItemRow key={item.recording} item={item} left={left} onLeave={onLeave} />
        ))}
      </ul>
    </section>
  )
}

function ItemRow({ item, left, onLeave }: Omit<BatchItemsProps, 'items'> & { readonly item: Item }): ReactElement {
  const text = useRetentionText()
  const language = useLanguage()
  const zone = useTimeZone()
  const { recording } = item
  const reason = left[recording]
  const turn = (isOut: boolean): void => {
    const { [recording]: _, ...others } = left
    onLeave?.(isOut ? { ...left, [recording]: '' } : others)
  }
  return (
    <li>
      <span>
        <RecordingLink id={recording} code={item.code} />{' '}
        <span className={page.faint}>
          {text.category[item.category]} · {shortDate(item.capturedAt, zone, language)}
        </span>
      </span>
      {onLeave === null ? (
        <span>{text.batches.itemStates[item.state]}</span>
      ) : (
        <Checkbox checked={reason !== undefined} onChange={turn}>
          {text.batches.leaveOut}
        </Checkbox>
      )}
      {reason !== undefined && onLeave !== null ? (
        <Field
          label={text.batches.leaveOutReason}
          value={reason}
          onChange={(value) => onLeave({ ...left, [recording]: value })}
          maxLength={500}
          required
        />
      ) : item.reason === null ? null : (
        <span className={page.soft}>{leftWords(item.reason, text, language)}</span>
      )}
    </li>
  )
}
