import { useLive } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import { type DragEvent, type ReactElement, useEffect, useState } from 'react'
import { Failure } from '../../api/failure.tsx'
import { asked } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import type { Doing } from './doing.ts'
import { beginDraft, changesOf, draft, step } from './draft.ts'
import { emptyGround, type Ground, putPlace, under } from './ground.ts'
import { ImportDialog } from './import-dialog.tsx'
import { PublishDialog } from './publish-dialog.tsx'
import css from './territory.module.css'
import { TerritoryMap } from './territory-map.tsx'
import { TerritoryPane } from './territory-pane.tsx'
import { TerritoryTools } from './territory-tools.tsx'
import { useTerritoryText } from './text.ts'
import { VersionsDialog } from './versions-dialog.tsx'

/** The ground as the administration draws it: a draft of its own, then checked and put in force as a version. */
export function TerritoryPage(): ReactElement {
  const text = useTerritoryText()
  const territory = useQuery(asked('GET /territory', {}))
  const working = useLive(draft)
  const [chosen, setChosen] = useState<string | null>(null)
  const [moving, setMoving] = useState<string | null>(null)
  const [doing, setDoing] = useState<Doing | null>(null)
  const changes = working === null ? 0 : changesOf(working)
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault()
    if (changes > 0) {
      window.addEventListener('beforeunload', ask)
    }
    return () => window.removeEventListener('beforeunload', ask)
  }, [changes])
  if (territory.data === undefined) {
    return (
      <main className={page.page}>
        <div className={page.notice}>
          <p role="status">{territory.error === null ? `${text.loading}…` : ''}</p>
          <Failure error={territory.error} />
        </div>
      </main>
    )
  }
  const { version, areas, places, zones, lines } = territory.data
  const inForce: Ground = version === 0 ? emptyGround : { areas, places, zones, lines }
  const ground = working?.now ?? inForce
  const isEmpty = ground.areas.length + ground.places.length + ground.zones.length === 0
  const change = (next: Ground): void => draft.set(step(working ?? beginDraft(version, inForce), next))
  const press = (longitude: number, latitude: number): void => {
    const place = ground.places.find(({ id }) => id === moving)
    if (place === undefined) {
      setChosen(under(ground, [longitude, latitude]))
      return
    }
    setMoving(null)
    change(putPlace(ground, { ...place, longitude: degrees(longitude), latitude: degrees(latitude) }))
  }
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    const file = event.dataTransfer.files[0]
    if (file !== undefined) {
      setDoing({ kind: 'import', file })
    }
  }
  return (
    <main className={page.page} onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <TerritoryTools version={version} working={working} ground={ground} changes={changes} onDo={setDoing} />
      <div className={`${page.panes} ${css.panes}`}>
        {isEmpty ? (
          <div className={page.notice}>
            <h2>{text.emptyTitle}</h2>
            <p>{text.emptyWhy}</p>
          </div>
        ) : (
          <TerritoryMap ground={ground} chosen={chosen} moving={moving !== null} onPress={press} />
        )}
        <TerritoryPane
          ground={ground}
          chosen={chosen}
          moving={moving}
          onChoose={setChosen}
          onMove={setMoving}
          onChange={change}
        />
      </div>
      {doing?.kind === 'import' ? (
        <ImportDialog file={doing.file} ground={ground} onTake={change} onClose={() => setDoing(null)} />
      ) : null}
      {doing?.kind === 'publish' && working !== null ? (
        <PublishDialog draft={working} onClose={() => setDoing(null)} />
      ) : null}
      {doing?.kind === 'versions' ? <VersionsDialog onTake={change} onClose={() => setDoing(null)} /> : null}
    </main>
  )
}

/** Seven decimals: about a centimetre. */
const degrees = (value: number): number => Math.round(value * 1e7) / 1e7
