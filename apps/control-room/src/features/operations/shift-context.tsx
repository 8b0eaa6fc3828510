import { Kbd, useLanguage, useLive } from '@sereno/ui'
import type { ReactElement } from 'react'
import { type KeyName, keys } from '../../shell/keys.ts'
import { useSession } from '../../shell/session.ts'
import css from './context.module.css'
import { useOperationsText } from './text.ts'

const shownKeys: readonly KeyName[] = ['next', 'previous', 'sos', 'watch', 'tile1', 'region', 'table', 'theme']

/** Nothing chosen: the room in four figures, and the keys. */
export function ShiftContext(): ReactElement {
  const text = useOperationsText().context
  const language = useLanguage()
  const { live } = useSession()
  const units = useLive(live.room.units)
  const alarms = useLive(live.room.alarms)
  const sos = alarms.filter(({ kind }) => kind === 'sos')
  const openOf = (list: typeof alarms): number => list.filter(({ closedAt }) => closedAt === null).length
  return (
    <>
      <header className={css.title}>
        <p className={css.id}>{text.nothing}</p>
        <h1>
          <span>{text.shift}</span>
        </h1>
        <p>{text.shiftWhy}</p>
      </header>
      <div className={css.body}>
        <dl className={css.figures}>
          <Figure
            name={text.withSignal}
            value={units.filter(({ status }) => status !== 'away').length}
            note={text.of(units.length)}
          />
          <Figure
            name={text.recordingNow}
            value={units.filter(({ recording }) => recording !== null).length}
            note={text.of(units.length)}
          />
          <Figure name={text.sosToday} value={sos.length} note={text.open(openOf(sos))} />
          <Figure name={text.alarmsToday} value={alarms.length} note={text.open(openOf(alarms))} />
        </dl>
        <section aria-label={text.keys}>
          <div className={css.sectionHead}>
            <h2>{text.keys}</h2>
            <span>
              {text.all} <Kbd keys="?" />
            </span>
          </div>
          <dl className={css.keys}>
            {shownKeys.map((name) => (
              <KeyRow key={name} print={keys[name][language]} does={keys[name].does[language]} />
            ))}
          </dl>
        </section>
      </div>
    </>
  )
}

const Figure = ({
  name,
  value,
  note,
}: {
  readonly name: string
  readonly value: number
  readonly note: string
}): ReactElement => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
    <dd>{note}</dd>
  </div>
)

const KeyRow = ({ print, does }: { readonly print: string; readonly does: string }): ReactElement => (
  <>
    <dt>
      <Kbd keys={print} />
      <span className="visually-hidden">{print}</span>
    </dt>
    <dd>{does}</dd>
  </>
)
