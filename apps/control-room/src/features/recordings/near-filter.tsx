import { distance, wallClock } from '@sereno/text'
import { Field, now, Select, useLanguage, useText } from '@sereno/ui'
import { lazy, type ReactElement, Suspense, useState } from 'react'
import type { Reply } from '../../api/api.ts'
import { useTimeZone } from '../../shell/session.ts'
import { defaultRadiusM } from './queries.ts'
import css from './recordings.module.css'
import { nearPoint, type RecordingsSearch, recordingsSearch } from './search.ts'
import { recordingsEn } from './text.en.ts'
import { recordingsEs } from './text.es.ts'

const NearMap = lazy(async () => ({ default: (await import('./near-map.tsx')).NearMap }))
const radii = [50, 100, 250, 500, 1000, 2000]
const dayMs = 86_400_000
/** The fields know whole minutes: the minute that runs belongs to the last day too. */
const minuteMs = 60_000

type NearFilterProps = {
  readonly search: RecordingsSearch
  readonly onChange: (next: RecordingsSearch) => void
  readonly territory: Reply<'GET /territory'> | undefined
}

/** "Who was near here between two times": a point on the map or typed, a radius, and both times. */
export function NearFilter({ search, onChange, territory }: NearFilterProps): ReactElement {
  const text = useText({ es: recordingsEs, en: recordingsEn })
  const language = useLanguage()
  const zone = useTimeZone()
  const [open, setOpen] = useState(search.near !== undefined)
  const point = nearPoint(search.near)
  const set = (near: string): void =>
    // a point is useless without times: the last day is a fair first guess, and it is visible in its fields
    onChange(
      recordingsSearch({
        ...search,
        near,
        from: search.from ?? wallClock(now() - dayMs, zone),
        to: search.to ?? wallClock(now() + minuteMs, zone),
      }),
    )
  return (
    <details className={css.near} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{text.near}</summary>
      <p className={css.hint}>{point === null ? text.nearPick : text.nearTimes}</p>
      {open && territory !== undefined ? (
        <Suspense fallback={<div className={css.map} />}>
          <NearMap
            territory={territory}
            point={point}
            radiusM={search.radius ?? defaultRadiusM}
            label={text.nearMap}
            onPick={({ latitude, longitude }) => set(`${latitude.toFixed(5)},${longitude.toFixed(5)}`)}
          />
        </Suspense>
      ) : null}
      <div className={css.pair}>
        <Field
          label={text.latitudeLongitude}
          value={search.near ?? ''}
          onChange={set}
          placeholder="-12.14500,-76.99000"
        />
        <Select
          label={text.radius}
          value={String(search.radius ?? defaultRadiusM)}
          onChange={(radius) => onChange(recordingsSearch({ ...search, radius }))}
          options={radii.map((metres) => ({ value: String(metres), label: distance(metres, language) }))}
        />
      </div>
    </details>
  )
}
