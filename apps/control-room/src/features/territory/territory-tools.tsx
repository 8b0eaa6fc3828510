import { Button, Icon, saveFile } from '@sereno/ui'
import type { ReactElement } from 'react'
import page from '../../shell/page.module.css'
import type { Doing } from './doing.ts'
import { type Draft, draft, redo, undo } from './draft.ts'
import type { Ground } from './ground.ts'
import css from './territory.module.css'
import { useTerritoryText } from './text.ts'
import { geoJsonOf } from './write-file.ts'

type ToolsProps = {
  readonly version: number
  readonly working: Draft | null
  readonly ground: Ground
  readonly changes: number
  readonly onDo: (doing: Doing) => void
}

/** What is in force, what the draft changes, and everything one can do with either. */
export function TerritoryTools({ version, working, ground, changes, onDo }: ToolsProps): ReactElement {
  const text = useTerritoryText()
  const download = (): void => {
    const name = changes > 0 ? `territorio-borrador-${version}` : `territorio-${version}`
    saveFile(`${name}.geojson`, 'application/geo+json', geoJsonOf(ground))
  }
  return (
    <>
      <div className={page.head}>
        <h1>{text.title}</h1>
        <p role="status">
          {text.inForce(version)}
          {changes > 0 ? ` · ${text.draftOf(changes)}` : ''}
        </p>
        <div className={page.tools}>
          <Button onPress={() => onDo({ kind: 'versions' })}>{text.versions}</Button>
          <Button icon="download" onPress={download}>
            {text.download}
          </Button>
          <Button icon="map" onPress={() => onDo({ kind: 'import', file: null })}>
            {text.import}
          </Button>
          {working === null ? null : (
            <>
              <Button disabled={working.past.length === 0} onPress={() => draft.set(undo(working))}>
                {text.undo}
              </Button>
              <Button disabled={working.future.length === 0} onPress={() => draft.set(redo(working))}>
                {text.redo}
              </Button>
              <Button onPress={() => draft.set(null)}>{text.discard}</Button>
              <Button look="go" disabled={changes === 0} onPress={() => onDo({ kind: 'publish' })}>
                {text.publish}
              </Button>
            </>
          )}
        </div>
      </div>
      {working !== null && working.base !== version ? (
        <p className={css.stale} role="alert">
          <Icon name="warning" tone="warning" /> {text.stale}
        </p>
      ) : (
        <span hidden />
      )}
    </>
  )
}
