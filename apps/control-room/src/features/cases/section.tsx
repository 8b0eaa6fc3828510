import { Button, type IconName } from '@sereno/ui'
import { type ReactElement, type ReactNode, useId } from 'react'
import type { CasePage } from '../../api/api.ts'
import css from './cases.module.css'
import type { CaseDeed } from './deed.ts'

export type SectionProps = { readonly file: CasePage; readonly onDeed: (deed: CaseDeed) => void }

type Props = {
  readonly title: string
  readonly empty: string | null
  readonly children?: ReactNode
  readonly add?: { readonly label: string; readonly icon: IconName; readonly onPress: () => void } | null
}

/** A titled part of a case, with what to do there; empty, it says what the next step is. */
export function Section({ title, empty, children, add }: Props): ReactElement {
  const id = useId()
  return (
    <section className={css.section} aria-labelledby={id}>
      <div className={css.sectionHead}>
        <h2 id={id}>{title}</h2>
        {add == null ? null : (
          <Button icon={add.icon} onPress={add.onPress}>
            {add.label}
          </Button>
        )}
      </div>
      {empty === null ? children : <p>{empty}</p>}
    </section>
  )
}

/** Whether steps of the kind may be taken now. */
export function may(file: CasePage, what: string): boolean {
  return file.case.state === 'open' && file.may.includes(what)
}
