import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import type { Reply } from '../../api/api.ts'
import page from '../../shell/page.module.css'
import css from './map-region.module.css'
import { useOperationsText } from './text.ts'

type GroundNoteProps = { readonly territory: Reply<'GET /territory'>; readonly hasTiles: boolean }

/** A map that lacks its ground says what is missing and who can give it: an empty map looks like a broken one. */
export function GroundNote({ territory, hasTiles }: GroundNoteProps): ReactElement | null {
  const text = useOperationsText().map
  const noAreas = territory.areas.length === 0
  const noStreets = !hasTiles && territory.lines.length === 0
  if (!noAreas && !noStreets) {
    return null
  }
  return (
    <div className={`${css.corner} ${noAreas ? css.middle : css.ground}`}>
      {noAreas ? <h2>{text.noAreas}</h2> : null}
      {noAreas ? <span className={css.wrap}>{text.noAreasHow}</span> : null}
      {noAreas && territory.may.includes('territory.write') ? (
        <Link to="/territory" className={page.link}>
          {text.noAreasLink}
        </Link>
      ) : null}
      {noStreets ? (
        <span className={css.wrap}>
          {text.noStreets} <code>npm start -- --map-pmtiles {text.file}.pmtiles</code>
        </span>
      ) : null}
    </div>
  )
}
