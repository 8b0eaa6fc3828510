import { dateAndTime, longDate } from '@sereno/text'
import { Button, Dialog, Icon, useLanguage } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactElement, useState } from 'react'
import type { Reply } from '../../api/api.ts'
import { asked } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useMay, useTimeZone } from '../../shell/session.ts'
import { FreezeDeeds } from './freeze-deeds.tsx'
import { FreezeForm } from './freeze-form.tsx'
import { HoldForm } from './hold-form.tsx'
import css from './retention.module.css'
import { Sources } from './sources.tsx'
import { useRetentionText } from './text.ts'
import { keepWords } from './words.ts'

type Kept = Reply<'GET /recordings/:id/retention'>

/** On a recording's page: until when it is kept, why, and what holds it back. */
export function RecordingRetention({ recording }: { readonly recording: string }): ReactElement | null {
  const text = useRetentionText()
  const mayRead = useMay('retention.read')
  const found = useQuery({
    ...asked('GET /recordings/:id/retention', { params: { id: recording } }),
    enabled: mayRead,
    refetchInterval: 20_000,
  })
  const [open, setOpen] = useState<'hold' | 'freeze' | null>(null)
  if (!mayRead || found.data === undefined) {
    return null
  }
  const close = (): void => setOpen(null)
  const may = found.data.may.includes('hold.place')
  return (
    <section className={css.panel} aria-label={text.recording.title}>
      <h3>{text.recording.title}</h3>
      <KeptUntil kept={found.data} />
      <HoldLines kept={found.data} />
      <FreezeLines kept={found.data} />
      <Dialog title={text.holds.placeTitle} open={open === 'hold'} onClose={close}>
        <HoldForm recording={recording} bases={found.data.bases} onClose={close} />
      </Dialog>
      <Dialog title={text.recording.freeze} open={open === 'freeze'} onClose={close}>
        <FreezeForm recording={recording} onClose={close} />
      </Dialog>
      {may ? (
        <div className={page.row}>
          <Button icon="hold" onPress={() => setOpen('hold')}>
            {text.holds.place}
          </Button>
          <Button look="quiet" onPress={() => setOpen('freeze')}>
            {text.recording.freeze}
          </Button>
        </div>
      ) : null}
    </section>
  )
}

function KeptUntil({ kept }: { readonly kept: Kept }): ReactElement {
  const text = useRetentionText()
  const language = useLanguage()
  const zone = useTimeZone()
  if (kept.destroyedAt !== null) {
    return (
      <dl className={page.facts}>
        <dt>{text.recording.destroyed}</dt>
        <dd>{dateAndTime(kept.destroyedAt, zone, language)}</dd>
        {kept.finalAt === null ? null : (
          <>
            <dt>{text.recording.final}</dt>
            <dd>{longDate(kept.finalAt, zone, language)}</dd>
          </>
        )}
        {kept.acta === null ? null : (
          <dd>
            <a className={page.link} href={kept.acta}>
              {text.recording.acta}
            </a>
          </dd>
        )}
      </dl>
    )
  }
  if (!kept.sealed) {
    return <p className={page.soft}>{text.recording.unsealed}</p>
  }
  return (
    <p>
      {text.recording.until}{' '}
      <b>{kept.leavesAt === null ? text.keep.open : longDate(kept.leavesAt - 1, zone, language)}</b>{' '}
      <span className={page.soft}>({keepWords(kept.keep, text, language)})</span>
      <br />
      <Sources sources={kept.sources} />
      {kept.batch === null ? null : (
        <Link to="/retention" search={{ view: 'batches', batch: kept.batch.id }} className={page.link}>
          {text.recording.batch(String(kept.batch.number))}
        </Link>
      )}
    </p>
  )
}

function HoldLines({ kept }: { readonly kept: Kept }): ReactElement {
  const text = useRetentionText()
  return (
    <>
      {kept.holds
        .filter(({ state }) => state !== 'released')
        .map((hold) => (
          <p key={hold.id}>
            <Icon name="hold" />{' '}
            <Link to="/retention" search={{ view: 'holds', hold: hold.id }} className={page.link}>
              {text.holds.states[hold.state]}
            </Link>
            : {hold.reason}
            {hold.mustNotify && hold.notification === null ? (
              <span className={css.warn}>
                <Icon name="warning" tone="warning" /> {text.holds.notice}: {text.holds.lacking}
              </span>
            ) : null}
          </p>
        ))}
    </>
  )
}

function FreezeLines({ kept }: { readonly kept: Kept }): ReactElement {
  const text = useRetentionText().recording
  const language = useLanguage()
  const zone = useTimeZone()
  return (
    <>
      {kept.freezes.map((freeze) => (
        <div key={freeze.id}>
          <Icon name="hourglass" /> {text.kinds[freeze.kind]} {freeze.reference}
          {freeze.until === null ? '' : `, ${text.frozenUntil(longDate(freeze.until, zone, language))}`}{' '}
          {freeze.closedAt === null ? <FreezeDeeds freeze={freeze} /> : null}
        </div>
      ))}
    </>
  )
}
