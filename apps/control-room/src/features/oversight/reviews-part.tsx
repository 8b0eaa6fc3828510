import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { Failure } from '../../api/failure.tsx'
import { asked } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { WitnessChanges } from '../ledger/index.ts'
import { GlassItem } from './glass-item.tsx'
import css from './oversight.module.css'
import { PrivilegesItem } from './privileges-item.tsx'
import { useOversightText } from './text.ts'

/** Emergency openings and reviews of privileges: those that wait first. */
export function ReviewsPart(): ReactElement {
  const text = useOversightText()
  const found = useQuery({ ...asked('GET /reviews', {}), refetchInterval: 60_000 })
  if (found.data === undefined) {
    return <div role="status">{found.error === null ? text.loading : <Failure error={found.error} />}</div>
  }
  const { glass, privileges } = found.data
  return (
    <>
      <section className={css.part} aria-labelledby="glass">
        <h2 id="glass">{text.glass.title}</h2>
        {glass.length === 0 ? (
          <p className={page.soft}>
            {text.glass.none} {text.glass.noneNext}
          </p>
        ) : (
          <ul className={css.list}>
            {glass.map((one) => (
              <GlassItem key={one.id} glass={one} />
            ))}
          </ul>
        )}
      </section>
      <WitnessChanges heading={text.witnesses} />
      {/* without a name of its own: the table in it is the region, and two of one name tell nobody apart */}
      <section className={css.part}>
        <h2>{text.privileges.title}</h2>
        {privileges.length === 0 ? (
          <p className={page.soft}>
            {text.privileges.none} {text.privileges.noneNext}
          </p>
        ) : (
          privileges.map((one, index) => <PrivilegesItem key={one.id} review={one} open={index === 0} />)
        )}
      </section>
    </>
  )
}
